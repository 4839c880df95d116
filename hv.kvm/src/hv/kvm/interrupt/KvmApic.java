package hv.kvm.interrupt;

import hv.api.LocalApic;
import hv.kvm.abi.Msr;
import hv.kvm.abi.Vcpu;

/**
 * A VP's in-kernel local APIC for the APIC access MSRs. In x2APIC mode KVM takes the registers as MSRs from us too; in
 * xAPIC mode they are read and written as a whole, and an interrupt command is sent as a message, which carries all
 * delivery modes. On the VP's thread.
 *
 * <p>An EOI that comes this way is the one kind that user space sees: the vector that was in service is told to the
 * partition, which may have a message waiting for it. An interrupt without EOI is never in service, so none is told.
 *
 * <p>Ending a level-triggered interrupt this way in xAPIC mode does not reach the I/O APIC: KVM offers no way to.
 * Guests that are told to use the EOI MSR have edge-triggered interrupts or x2APIC.
 */
public final class KvmApic implements LocalApic {
    /** Hears of interrupts that were in service and have ended, on the VP's thread. */
    public interface Observer {
        void endOfInterrupt(int vp, int vector);
    }

    private static final long BUSY = 1 << 12;
    private static final int SHORTHAND_SHIFT = 18;

    private final Vcpu vcpu;
    private final ApicState state;
    private final MsiTable messages;
    private final boolean exitlessEoi;
    private final Observer observer;

    /** {@code exitlessEoi}: whether a probe has seen it work. */
    public KvmApic(Vcpu vcpu, ApicState state, MsiTable messages, boolean exitlessEoi, Observer observer) {
        this.vcpu = vcpu;
        this.state = state;
        this.messages = messages;
        this.exitlessEoi = exitlessEoi;
        this.observer = observer;
    }

    private boolean isX2() {
        return vcpu.runPage().isX2Apic();
    }

    @Override
    public void eoi() {
        int vector = isX2() ? state.fetchInService() : state.endOfInterrupt();
        if (isX2()) {
            vcpu.setMsr(Msr.X2APIC_EOI, 0);
        }
        if (vector >= 0) {
            observer.endOfInterrupt(vcpu.index(), vector);
        }
    }

    @Override
    public long icr() {
        return isX2() ? vcpu.msr(Msr.X2APIC_ICR) : state.fetchCommand();
    }

    @Override
    public void icr(long value) {
        long command = value & ~BUSY;
        if (isX2()) {
            vcpu.setMsr(Msr.X2APIC_ICR, command);
            return;
        }
        state.command(command);
        int shorthand = (int) (command >>> SHORTHAND_SHIFT) & 3;
        switch (shorthand) {
            case 0 -> messages.command((int) (command >>> 56), (int) command);
            case 1 -> messages.command(vcpu.index(), (int) command & ~0x800);
            default -> {
                for (int vp = 0; vp < messages.vps(); vp++) {
                    if (shorthand == 2 || vp != vcpu.index()) {
                        messages.command(vp, (int) command & ~0x800);
                    }
                }
            }
        }
    }

    @Override
    public int tpr() {
        return isX2() ? (int) vcpu.msr(Msr.X2APIC_TPR) : state.fetchTaskPriority();
    }

    @Override
    public void tpr(int value) {
        if (isX2()) {
            vcpu.setMsr(Msr.X2APIC_TPR, value);
        } else {
            state.taskPriority(value);
        }
    }

    /** {@inheritDoc} KVM's own paravirtual EOI has the same protocol and the same bit. */
    @Override
    public boolean exitlessEoi(long gpa) {
        return exitlessEoi && vcpu.trySetMsr(Msr.KVM_PV_EOI_EN, gpa == 0 ? 0 : gpa | 1);
    }
}
