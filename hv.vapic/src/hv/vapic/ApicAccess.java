package hv.vapic;

import hv.api.GuestFault;
import hv.api.LocalApic;
import hv.api.enlightenment.MsrHandler;
import hv.api.enlightenment.VirtualProcessor;

/**
 * EOI, ICR and TPR of one VP: checks what KVM checks and hands the rest to the APIC. On the VP's thread.
 *
 * <p>#GP where the host gives no APIC; for EOI and TPR with bits 63:32 set; for ICR with bits 31:20, 17:16 or 13 set,
 * which x2APIC reserves and KVM refuses here in either mode. TPR bits 31:8 are dropped, ICR bit 12 (busy) is never
 * stored, and ICR is one 64-bit register in either mode: bits 63:32 read back as written.
 */
final class ApicAccess {
    private static final long ICR_RESERVED = 0xFFF3_2000L;
    private static final long ICR_BUSY = 1L << 12;
    private static final int TPR_MASK = 0xFF;

    private final VirtualProcessor vp;

    /** Null until asked for: the host gives it on the VP's thread only. */
    private LocalApic apic;

    ApicAccess(VirtualProcessor vp) {
        this.vp = vp;
    }

    private LocalApic apic() throws GuestFault {
        LocalApic known = apic;
        return known != null ? known : find();
    }

    private LocalApic find() throws GuestFault {
        apic = vp.apic().orElse(null);
        if (apic == null) {
            throw GuestFault.GENERAL_PROTECTION;
        }
        return apic;
    }

    /**
     * Has the host offer exit-less EOI in the word at {@code gpa}, or, with 0, no more. Nothing happens where it
     * cannot.
     */
    void exitlessEoi(long gpa) {
        vp.apic().ifPresent(host -> host.exitlessEoi(gpa));
    }

    MsrHandler eoi() {
        return new MsrHandler() {
            @Override
            public long read(int msr) throws GuestFault {
                throw GuestFault.GENERAL_PROTECTION;
            }

            @Override
            public void write(int msr, long value) throws GuestFault {
                LocalApic target = apic();
                requireLow32(value);
                target.eoi();
            }
        };
    }

    MsrHandler icr() {
        return new MsrHandler() {
            @Override
            public long read(int msr) throws GuestFault {
                return apic().icr();
            }

            @Override
            public void write(int msr, long value) throws GuestFault {
                LocalApic target = apic();
                if ((value & ICR_RESERVED) != 0) {
                    throw GuestFault.GENERAL_PROTECTION;
                }
                target.icr(value & ~ICR_BUSY);
            }
        };
    }

    MsrHandler tpr() {
        return new MsrHandler() {
            @Override
            public long read(int msr) throws GuestFault {
                return apic().tpr();
            }

            @Override
            public void write(int msr, long value) throws GuestFault {
                LocalApic target = apic();
                requireLow32(value);
                target.tpr((int) value & TPR_MASK);
            }
        };
    }

    private static void requireLow32(long value) throws GuestFault {
        if (value >>> 32 != 0) {
            throw GuestFault.GENERAL_PROTECTION;
        }
    }
}
