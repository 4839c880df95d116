package hv.kvm.vcpu;

import hv.api.GuestFault;
import hv.api.host.GuestVp;
import hv.api.machine.IoBus;
import hv.kvm.abi.Msr;
import hv.kvm.abi.RunPage;
import hv.kvm.abi.Vcpu;
import hv.kvm.error.KvmException;
import java.lang.foreign.Arena;

/**
 * Answers a VP's exits from the guest.
 *
 * <p>The MSR filter sends RDMSR and WRMSR of 0x40000000 to 0x400001FF here before KVM looks at them, and so does an OUT
 * to {@link #HYPERCALL_PORT} in the hypercall page; both go to the partition, whose faults are injected. Port and
 * memory accesses go to the bus. On the VP's thread; the MSR way takes no lock and allocates nothing.
 */
public final class Exits {
    /** Not a port of KVM's interrupt controllers, nor of a device that guests look for. */
    public static final int HYPERCALL_PORT = 0xEA;

    // An OUT to the port from elsewhere than the page is a call too: the page is how a guest learns of it, not a guard.
    /** {@code out %al, $HYPERCALL_PORT; ret}: the same in 64-bit and in 32-bit code. */
    private static final byte[] HYPERCALL_PAGE = {(byte) 0xE6, (byte) HYPERCALL_PORT, (byte) 0xC3};

    private static final int OUT_BYTES = 2;

    private final Vcpu vcpu;
    private final RunPage run;
    private final GuestVp vp;
    private final IoBus bus;
    private final HypercallRegisters registers;

    Exits(Vcpu vcpu, GuestVp vp, IoBus bus, Arena arena) {
        this.vcpu = vcpu;
        this.run = vcpu.runPage();
        this.vp = vp;
        this.bus = bus;
        this.registers = new HypercallRegisters(vcpu, arena);
    }

    public static byte[] hypercallPage() {
        return HYPERCALL_PAGE.clone();
    }

    /** What came of an exit. */
    enum Outcome {
        /** Enter the guest again. */
        CONTINUE,
        /** Wait for a kick first. */
        HALTED,
        /** The VP has shut down. */
        SHUTDOWN
    }

    /**
     * Answers the exit that the run page describes.
     *
     * @throws KvmException if it is one that cannot be answered
     */
    Outcome handle() {
        switch (run.exitReason()) {
            case RunPage.KVM_EXIT_X86_RDMSR -> readMsr();
            case RunPage.KVM_EXIT_X86_WRMSR -> writeMsr();
            case RunPage.KVM_EXIT_IO -> io();
            case RunPage.KVM_EXIT_MMIO -> mmio();
            case RunPage.KVM_EXIT_HLT -> {
                return Outcome.HALTED;
            }
            case RunPage.KVM_EXIT_SHUTDOWN -> {
                return Outcome.SHUTDOWN;
            }
            default -> throw unanswerable();
        }
        return Outcome.CONTINUE;
    }

    private void readMsr() {
        run.syncRegisters(false);
        try {
            run.msrData(vp.readMsr(run.msrIndex()));
            run.msrError(0);
        } catch (GuestFault fault) {
            run.msrError(1);
        }
    }

    private void writeMsr() {
        run.syncRegisters(false);
        int msr = run.msrIndex();
        if (!Msr.isSynthetic(msr)) {
            // IA32_TIME_STAMP_COUNTER or IA32_TSC_ADJUST: accepted without effect, because partition reference time is
            // a line through this counter and would bend with it.
            run.msrError(0);
            return;
        }
        try {
            vp.writeMsr(msr, run.msrData());
            run.msrError(0);
        } catch (GuestFault fault) {
            run.msrError(1);
        }
    }

    private void io() {
        int port = run.ioPort();
        int bytes = run.ioBytes();
        int count = run.ioCount();
        boolean out = run.ioIsOut();
        if (port == HYPERCALL_PORT && out && bytes == 1) {
            hypercall();
            return;
        }
        for (int i = 0; i < count; i++) {
            if (out) {
                bus.out(port, bytes, run.ioData(i));
            } else {
                run.ioData(i, bus.in(port, bytes));
            }
        }
    }

    private void hypercall() {
        registers.begin();
        try {
            vp.hypercall(registers);
        } catch (GuestFault fault) {
            vcpu.raise(fault, OUT_BYTES);
        }
    }

    private void mmio() {
        long gpa = run.mmioGpa();
        int bytes = run.mmioBytes();
        if (run.mmioIsWrite()) {
            long mask = bytes >= 8 ? -1 : (1L << (8 * bytes)) - 1;
            bus.write(gpa, bytes, run.mmioData() & mask);
        } else {
            run.mmioData(bus.read(gpa, bytes));
        }
    }

    private KvmException unanswerable() {
        String what = switch (run.exitReason()) {
            case RunPage.KVM_EXIT_INTERNAL_ERROR -> {
                String bytes = run.emulationBytes();
                yield "KVM_EXIT_INTERNAL_ERROR, suberror %d%s%s"
                        .formatted(
                                run.suberror(),
                                run.suberror() == 1 ? " (it cannot emulate an instruction of the guest)" : "",
                                bytes.isEmpty() ? "" : ", instruction bytes " + bytes);
            }
            case RunPage.KVM_EXIT_FAIL_ENTRY ->
                "KVM_EXIT_FAIL_ENTRY, hardware reason 0x%x (bad guest state)".formatted(run.entryFailureReason());
            default -> "exit reason %d, which this VMM does not know".formatted(run.exitReason());
        };
        return new KvmException("KVM cannot go on: %s, rip 0x%x".formatted(what, vcpu.rip()));
    }
}
