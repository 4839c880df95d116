package hv.testkit;

import hv.api.CpuRegisters;
import hv.api.GuestFault;
import hv.api.host.GuestVp;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** A VP of a {@link StubPartition}: every MSR is #GP and every hypercall #UD. */
public class StubVp implements GuestVp {
    private final int index;

    /** VP {@code index}. */
    public StubVp(int index) {
        this.index = index;
    }

    @Override
    public final int index() {
        return index;
    }

    @Override
    public long readMsr(int msr) throws GuestFault {
        throw GuestFault.GENERAL_PROTECTION;
    }

    @Override
    public void writeMsr(int msr, long value) throws GuestFault {
        throw GuestFault.GENERAL_PROTECTION;
    }

    @Override
    public void hypercall(CpuRegisters registers) throws GuestFault {
        throw GuestFault.INVALID_OPCODE;
    }

    @Override
    public void drain() {}

    @Override
    public void endOfInterrupt(int vector) {}

    @Override
    public <T> CompletableFuture<T> submit(Callable<T> task) {
        throw new UnsupportedOperationException("the test does not expect submit");
    }
}
