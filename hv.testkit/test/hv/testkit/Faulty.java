package hv.testkit;

import hv.api.CpuidRegister;
import hv.api.GuestFault;
import hv.api.HvStatus;
import hv.api.StateException;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.HypercallHandler;
import hv.api.enlightenment.HypercallInput;
import hv.api.enlightenment.HypercallSpec;
import hv.api.enlightenment.MsrHandler;
import hv.api.enlightenment.MsrRange;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.Privilege;
import hv.api.enlightenment.ProvidesEnlightenment;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.enlightenment.VirtualProcessor;
import hv.api.enlightenment.VpAttachment;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An enlightenment with one register and one call that breaks one rule, so that the contracts can show that they
 * notice.
 */
@ProvidesEnlightenment("faulty")
public final class Faulty implements Enlightenment {
    /** The rule that is broken. */
    enum Fault {
        NONE,
        FAULTS_ON_READ,
        FORGETS_TO_RESET,
        FORGETS_TO_SAVE,
        FORGETS_TO_RESTORE,
        GUESSES_WHAT_IS_MISSING,
        THROWS_ON_HOSTILE_VALUE,
        THROWS_ON_HOSTILE_STATE,
        THROWS_ON_HOSTILE_CALL
    }

    static final int MSR = 0x4000_0150;

    private static final CpuidBits BIT = CpuidBits.bit(CpuidBits.LEAF_FEATURES, CpuidRegister.EAX, 30, "AccessFaulty");

    private static final Descriptor DESCRIPTOR = Descriptor.of(Faulty.class)
            .title("faulty", "shows that the contracts notice")
            .section("none")
            .cpuid(BIT)
            .msr(MsrRange.of(MSR, "HV_X64_MSR_FAULTY", MsrRange.Access.READ_WRITE, Privilege.of(BIT)))
            .hypercall(HypercallSpec.simple(0x0042, "HvCallFaulty", 16, Privilege.of(BIT)))
            .build();

    private final Fault fault;

    /** A faultless one. */
    public Faulty() {
        this(Fault.NONE);
    }

    Faulty(Fault fault) {
        this.fault = fault;
    }

    @Override
    public Descriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public Attachment attach(Partition partition) {
        return new Register(fault);
    }

    private static final class Register implements Attachment, MsrHandler, HypercallHandler {
        private final Fault fault;
        private final AtomicLong value = new AtomicLong();

        Register(Fault fault) {
            this.fault = fault;
        }

        private void breakIf(Fault kind, boolean isProvoked) {
            if (fault == kind && isProvoked) {
                throw new IllegalStateException("provoked");
            }
        }

        @Override
        public VpAttachment addVp(VirtualProcessor vp) {
            return new Part();
        }

        @Override
        public long read(int msr) throws GuestFault {
            if (fault == Fault.FAULTS_ON_READ) {
                throw GuestFault.GENERAL_PROTECTION;
            }
            return value.get();
        }

        @Override
        public void write(int msr, long written) {
            breakIf(Fault.THROWS_ON_HOSTILE_VALUE, written < 0);
            value.set(written);
        }

        @Override
        public int call(HypercallInput input) {
            int status = input.fetch();
            breakIf(Fault.THROWS_ON_HOSTILE_CALL, status != HvStatus.SUCCESS);
            return status;
        }

        @Override
        public void save(StateWriter out) {
            if (fault != Fault.FORGETS_TO_SAVE) {
                out.put("HV_X64_MSR_FAULTY", value.get());
            }
        }

        @Override
        public void restore(StateReader in) throws StateException {
            long saved = fault == Fault.GUESSES_WHAT_IS_MISSING
                    ? in.get("HV_X64_MSR_FAULTY", 0)
                    : in.get("HV_X64_MSR_FAULTY");
            breakIf(Fault.THROWS_ON_HOSTILE_STATE, saved < 0);
            if (fault != Fault.FORGETS_TO_RESTORE) {
                value.set(saved);
            }
        }

        @Override
        public void reset() {
            if (fault != Fault.FORGETS_TO_RESET) {
                value.set(0);
            }
        }

        /** Every VP shares the register. */
        private final class Part implements VpAttachment {
            @Override
            public MsrHandler msr(int msr) {
                return Register.this;
            }

            @Override
            public HypercallHandler hypercall(int code) {
                return Register.this;
            }
        }
    }
}
