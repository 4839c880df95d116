package hv.snapshot;

import hv.api.GuestFault;
import hv.api.GuestMemory;
import hv.api.SavedState;
import hv.api.StateException;
import hv.api.host.ConfigurationException;
import hv.api.host.GuestMachine;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import hv.api.machine.StateSections;
import hv.hosted.HostedHost;

/** A machine with nobody in it: a partition of two VPs on a hosted host whose time stands still. */
final class TestMachine implements GuestMachine, AutoCloseable {
    static final int VPS = 2;

    final HostedHost host;
    final GuestPartition partition;
    boolean isPaused;

    /** Has the next restore of the machine's part fail. */
    boolean refuses;

    /** What happens at the next restore of the machine's part, once. */
    Runnable meanwhile = () -> {};

    TestMachine(Hypervisor hypervisor, String flags) throws ConfigurationException {
        this(hypervisor, flags, VPS, 1 << 20);
    }

    TestMachine(Hypervisor hypervisor, String flags, int vps, long memoryBytes) throws ConfigurationException {
        this(
                hypervisor,
                flags,
                vps,
                HostedHost.builder().memoryBytes(memoryBytes).build());
    }

    TestMachine(Hypervisor hypervisor, String flags, int vps, HostedHost host) throws ConfigurationException {
        this.host = host;
        partition = hypervisor.create(flags, host);
        for (int vp = 0; vp < vps; vp++) {
            partition.addVp();
        }
        host.attach(partition);
    }

    /** Everything that is deployed, and the privilege gate, so that what is added later changes nothing. */
    static String everything(Hypervisor hypervisor) {
        return hypervisor.everything(HostedHost.builder().build().facts()) + ",hv-enforce-cpuid";
    }

    /** Has the guest set what a guest sets, so that no enlightenment's state is its fresh one. */
    TestMachine used() throws GuestFault {
        host.advance100ns(12_345_678);
        for (int i = 0; i < partition.vpCount(); i++) {
            Msrs.setAll(partition.vp(i), i);
        }
        host.advance100ns(1_000);
        memory().putLong(0x9000, 0x1122_3344_5566_7788L);
        memory().putLong(memoryBytes() - 8, 42);
        return this;
    }

    @Override
    public GuestPartition partition() {
        return partition;
    }

    @Override
    public GuestMemory memory() {
        return host.memory();
    }

    @Override
    public long memoryBytes() {
        return host.memoryBytes();
    }

    @Override
    public void pause() {
        isPaused = true;
    }

    @Override
    public void resume() {
        isPaused = false;
    }

    @Override
    public void reset() {
        throw new UnsupportedOperationException("no test resets it");
    }

    @Override
    public SavedState save() {
        return new SavedState(host.save(partition.vpCount()));
    }

    @Override
    public void restore(SavedState state) throws StateException {
        meanwhile.run();
        meanwhile = () -> {};
        if (refuses) {
            refuses = false;
            throw new StateException("section apic/vp0: refused");
        }
        StateSections sections = new StateSections(state);
        Runnable apply = host.restore(sections, partition.vpCount());
        sections.end();
        apply.run();
    }

    byte[] ram() {
        byte[] ram = new byte[(int) memoryBytes()];
        memory().read(0, ram, 0, ram.length);
        return ram;
    }

    @Override
    public void close() {
        partition.close();
    }
}
