package example.vmm;

import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A virtual machine from its start to its end. Used by one thread. */
public final class Vmm implements AutoCloseable {
    /** What its guest is promised. */
    public static final String FLAGS = "hv-vpindex,hv-time,hv-synic,hv-stimer,hv-enforce-cpuid";

    private final ExampleHost host;
    private final GuestPartition partition;
    private final List<ExampleVp> vps = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    /**
     * A machine that does not run yet.
     *
     * @param ticks how many timer messages each VP waits for until it is off
     * @param out is told what the guest says, a line at a time
     * @throws ConfigurationException if hv does not have what the flags name; its message says what is missing
     */
    public Vmm(Hypervisor hypervisor, int count, long ticks, Consumer<String> out) throws ConfigurationException {
        host = new ExampleHost(count);
        Program.load(host.memory());
        partition = hypervisor.create(FLAGS, host);
        for (int i = 0; i < count; i++) {
            ExampleVp vp = new ExampleVp(partition.addVp(), host, ticks, out);
            vps.add(vp);
            threads.add(new Thread(vp, "vp-" + i));
        }
    }

    /** The guest's partition, to look at or to change what is in its places. */
    public GuestPartition partition() {
        return partition;
    }

    /** Starts all VPs. */
    public void start() {
        threads.forEach(Thread::start);
    }

    /** Waits until the guest is off. */
    public void await() throws InterruptedException {
        for (Thread each : threads) {
            each.join();
        }
    }

    /** Stops the VPs if they run, and gives back what hv has for the guest. */
    @Override
    public void close() {
        // Nobody waits any more for an enlightenment that is away.
        partition.stopping();
        vps.forEach(ExampleVp::stop);
        for (Thread each : threads) {
            try {
                each.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        partition.close();
    }
}
