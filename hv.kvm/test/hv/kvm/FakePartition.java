package hv.kvm;

import hv.api.CpuRegisters;
import hv.api.CpuidTable;
import hv.api.GuestFault;
import hv.api.SavedState;
import hv.api.StateException;
import hv.api.dto.PartitionDTO;
import hv.api.host.GuestPartition;
import hv.api.host.GuestVp;
import hv.api.host.PartitionListener;
import hv.api.host.Places;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands in for a partition: every answer is a function that the test sets before boot. */
final class FakePartition implements GuestPartition {
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

    private final List<GuestVp> vps = new ArrayList<>();

    @Override
    public int id() {
        return 1;
    }

    @Override
    public CpuidTable cpuid() {
        return cpuid;
    }

    @Override
    public GuestVp addVp() {
        int index = vps.size();
        vps.add(new Vp(index));
        return vps.get(index);
    }

    @Override
    public int vpCount() {
        return vps.size();
    }

    @Override
    public GuestVp vp(int index) {
        return vps.get(index);
    }

    @Override
    public void reset() {
        resets.incrementAndGet();
        reset.run();
    }

    @Override
    public SavedState save() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void restore(SavedState state) throws StateException {
        throw new UnsupportedOperationException();
    }

    @Override
    public void addListener(PartitionListener listener) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <T> Optional<T> service(String id, Class<T> type) {
        return Optional.empty();
    }

    @Override
    public void tscFrequencyChanged(long frequencyHz) {}

    @Override
    public void stopping() {}

    @Override
    public Places places() {
        throw new UnsupportedOperationException();
    }

    @Override
    public PartitionDTO inspect() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}

    private final class Vp implements GuestVp {
        private final int index;

        Vp(int index) {
            this.index = index;
        }

        @Override
        public int index() {
            return index;
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
            drain.drain(index);
        }

        @Override
        public void endOfInterrupt(int vector) {
            end.ended(index, vector);
        }

        @Override
        public <T> CompletableFuture<T> submit(Callable<T> task) {
            throw new UnsupportedOperationException();
        }
    }
}
