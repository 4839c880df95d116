package hv.vapic;

import hv.api.GuestFault;
import hv.api.GuestMemory;
import hv.api.GuestPage;
import hv.api.StateException;
import hv.api.enlightenment.MsrHandler;

/**
 * HV_X64_MSR_VP_ASSIST_PAGE of one VP and what it does. On the VP's thread, unless said otherwise.
 *
 * <p>Switching the page on is #GP where it is not RAM; otherwise the 32 bits at its start are zeroed, and only those:
 * behind them are fields that must outlive a restore, such as the address of the enlightened VMCS (KVM). Any other
 * write is stored as it is. The page is plain guest RAM, where the TLFS would lay one over it.
 *
 * <p>Bit 0 of those 32 is "no EOI required": with the page on, the host's APIC sets it when the next EOI may be
 * skipped, and takes the guest's clearing of it for that EOI. It is an offer, never a promise; a guest that finds it
 * clear writes the EOI register.
 */
final class AssistPage implements MsrHandler {
    private final GuestMemory memory;
    private final ApicAccess apic;
    private long register;

    AssistPage(GuestMemory memory, ApicAccess apic) {
        this.memory = memory;
        this.apic = apic;
    }

    long register() {
        return register;
    }

    boolean isEnabled() {
        return GuestPage.isEnabled(register);
    }

    long gpa() {
        return isEnabled() ? GuestPage.gpa(register) : 0;
    }

    @Override
    public long read(int msr) {
        return register;
    }

    @Override
    public void write(int msr, long value) throws GuestFault {
        if (!isAcceptable(value)) {
            throw GuestFault.GENERAL_PROTECTION;
        }
        register = value;
        follow();
    }

    /** A register that is on names RAM. */
    private boolean isAcceptable(long value) {
        return !GuestPage.isEnabled(value) || GuestPage.isUsable(value, memory);
    }

    /** Makes page and APIC agree with the register. */
    void follow() {
        // Off first: an offer in the old page is settled before a word is zeroed that may be the same.
        apic.exitlessEoi(0);
        if (isEnabled()) {
            memory.putIntRelease(gpa(), 0);
            // A page at address 0 gets no offers, since 0 means "off" here.
            apic.exitlessEoi(gpa());
        }
    }

    /** Takes a saved register; {@link #follow} is still to come. While the VP is stopped. */
    void restore(long value) throws StateException {
        if (!isAcceptable(value)) {
            throw new StateException("HV_X64_MSR_VP_ASSIST_PAGE names no RAM: 0x%x".formatted(value));
        }
        register = value;
    }

    /** Switches it off; {@link #follow} is still to come. While the VP is stopped. */
    void reset() {
        register = 0;
    }
}
