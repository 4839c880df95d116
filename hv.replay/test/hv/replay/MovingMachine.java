package hv.replay;

import hv.api.CpuidTable;
import hv.api.GuestFault;
import hv.api.StateException;
import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import hv.replay.Operation.Eoi;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.function.Consumer;

/**
 * A guest without a CPU that is saved and restored into another one at random moments between two operations, and
 * looked at in the end.
 */
final class MovingMachine implements Machine {
    private static final int ONE_IN = 20;

    private final Hypervisor hypervisor;
    private final VectorHeader header;
    private final Random random;
    private final Consumer<GuestPartition> end;
    private HostedMachine now;

    /**
     * One that moves.
     *
     * @param end sees the partition before it is closed
     */
    MovingMachine(Hypervisor hypervisor, VectorHeader header, long seed, Consumer<GuestPartition> end)
            throws ConfigurationException {
        this.hypervisor = hypervisor;
        this.header = header;
        this.random = new Random(seed);
        this.end = end;
        this.now = new HostedMachine(hypervisor, header);
    }

    private HostedMachine perhapsMoved() {
        if (random.nextInt(ONE_IN) == 0) {
            try {
                now = now.moved(hypervisor, header);
            } catch (ConfigurationException | StateException e) {
                throw new AssertionError(e);
            }
        }
        return now;
    }

    @Override
    public long readMsr(int vp, int msr) throws GuestFault {
        return perhapsMoved().readMsr(vp, msr);
    }

    @Override
    public void writeMsr(int vp, int msr, long value) throws GuestFault {
        perhapsMoved().writeMsr(vp, msr, value);
    }

    @Override
    public CpuidTable.Leaf cpuid(int vp, int leaf, int subleaf) {
        return perhapsMoved().cpuid(vp, leaf, subleaf);
    }

    @Override
    public void hypercall(int vp, CallRegisters registers, Optional<Long> via) throws GuestFault {
        perhapsMoved().hypercall(vp, registers, via);
    }

    @Override
    public byte[] code(long gpa, int length) {
        return now.code(gpa, length);
    }

    @Override
    public byte[] callCode() {
        return now.callCode();
    }

    @Override
    public void poke(long gpa, byte... bytes) {
        perhapsMoved().poke(gpa, bytes);
    }

    @Override
    public byte[] peek(long gpa, int length) {
        return now.peek(gpa, length);
    }

    @Override
    public SortedMap<Integer, Integer> takeInterrupts(int vp, Eoi eoi, long assist) throws GuestFault {
        return perhapsMoved().takeInterrupts(vp, eoi, assist);
    }

    @Override
    public void sleep(int millis) {
        perhapsMoved().sleep(millis);
    }

    @Override
    public List<String> takeEvents() {
        return now.takeEvents();
    }

    @Override
    public void close() {
        end.accept(now.partition());
        now.close();
    }
}
