package hv.fuzz.file;

import hv.api.GuestMemory;
import hv.api.SavedState;
import hv.api.StateException;
import hv.api.host.ConfigurationException;
import hv.api.host.GuestMachine;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import hv.api.machine.StateSections;
import hv.fuzz.target.Finding;
import hv.hosted.HostedHost;

/** A machine in which nobody does anything: a partition on a hosted host whose time stands still. One thread. */
final class StillMachine implements GuestMachine, AutoCloseable {
    static final int VPS = 2;

    private final HostedHost host;
    private final GuestPartition partition;

    StillMachine(Hypervisor hypervisor, String flags, long memoryBytes) {
        host = HostedHost.builder().memoryBytes(memoryBytes).build();
        try {
            partition = hypervisor.create(flags, host);
        } catch (ConfigurationException e) {
            throw new Finding("does not start with " + flags, e);
        }
        for (int vp = 0; vp < VPS; vp++) {
            partition.addVp();
        }
        host.attach(partition);
        drain();
    }

    /** Has every VP do what is left to do. */
    void drain() {
        host.drain(partition);
    }

    /** All of its memory. */
    byte[] ram() {
        byte[] ram = new byte[(int) memoryBytes()];
        memory().read(0, ram, 0, ram.length);
        return ram;
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
    public void pause() {}

    @Override
    public void resume() {}

    @Override
    public void reset() {
        throw new UnsupportedOperationException("nobody resets it");
    }

    @Override
    public SavedState save() {
        return new SavedState(host.save(VPS));
    }

    @Override
    public void restore(SavedState state) throws StateException {
        StateSections sections = new StateSections(state);
        Runnable apply = host.restore(sections, VPS);
        sections.end();
        apply.run();
    }

    @Override
    public void close() {
        partition.close();
    }
}
