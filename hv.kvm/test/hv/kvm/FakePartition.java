package hv.kvm;

import hv.api.CpuRegisters;
import hv.api.CpuidTable;
import hv.api.GuestFault;
import hv.api.host.GuestVp;
import hv.testkit.StubPartition;
import hv.testkit.StubVp;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands in for a partition: every answer is a function that the test sets before boot. */
final class FakePartition extends StubPartition {
    interface Read {
        long read(int msr) throws GuestFault;
    }

    interface Write {
        void write(int msr, long value) throws GuestFault;
    }

    interface Call {
        void call(CpuRegisters registers) throws GuestFault;
    }

    interface Drain {
        void drain(int vp);
    }

    interface End {
        void ended(int vp, int vector);
    }

    CpuidTable cpuid = CpuidTable.EMPTY;
    Read read = msr -> {
        throw GuestFault.GENERAL_PROTECTION;
    };
    Write write = (msr, value) -> {
        throw GuestFault.GENERAL_PROTECTION;
    };
    Call call = registers -> {
        throw GuestFault.INVALID_OPCODE;
    };
    Drain drain = vp -> {};
    End end = (vp, vector) -> {};
    final AtomicInteger resets = new AtomicInteger();
    /** What a reset does. */
    Runnable reset = () -> {};

    @Override
    public CpuidTable cpuid() {
        return cpuid;
    }

    @Override
    public void reset() {
        resets.incrementAndGet();
        reset.run();
    }

    @Override
    protected GuestVp newVp(int index) {
        return new Vp(index);
    }

    private final class Vp extends StubVp {
        Vp(int index) {
            super(index);
        }

        @Override
        public long readMsr(int msr) throws GuestFault {
            return read.read(msr);
        }

        @Override
        public void writeMsr(int msr, long value) throws GuestFault {
            write.write(msr, value);
        }

        @Override
        public void hypercall(CpuRegisters registers) throws GuestFault {
            call.call(registers);
        }

        @Override
        public void drain() {
            drain.drain(index());
        }

        @Override
        public void endOfInterrupt(int vector) {
            end.ended(index(), vector);
        }
    }
}
