package hv.bench.stimer;

import hv.api.GuestFault;
import hv.api.GuestMemory;
import hv.api.host.GuestPartition;
import hv.api.host.GuestVp;
import hv.api.host.Host;
import hv.api.host.Hypervisor;
import hv.soak.ForwardingHost;
import hv.soak.WrappingHypervisor;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A guest with one VP that has nothing to do but take interrupts, and the timers that are set for it, one scenario
 * after another. Made and closed by one thread; {@link #fired} comes on the VP's.
 */
abstract class TimerRig implements AutoCloseable {
    static final String FLAGS = "hv-vpindex,hv-time,hv-synic,hv-stimer,hv-stimer-direct,hv-enforce-cpuid";

    private final BlockingQueue<Integer> expired = new LinkedBlockingQueue<>();
    private GuestMemory memory;

    /** The timers of the scenario under way; used on the VP's thread. */
    private TimerSet timers;

    abstract String name();

    abstract GuestPartition partition();

    @Override
    public abstract void close();

    /** {@code real}, with this rig between the partition and its host. */
    Hypervisor listening(Hypervisor real) {
        return new WrappingHypervisor(real, Listening::new, partition -> {});
    }

    /** Runs one scenario for some time. */
    Lateness run(Scenario scenario, long millis) throws InterruptedException, ExecutionException {
        GuestVp vp = partition().vp(0);
        expired.clear();
        vp.submit(() -> {
                    timers = new TimerSet(vp, memory, scenario, expired::add);
                    timers.start();
                    return null;
                })
                .get();
        long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = endNanos - System.nanoTime(); left > 0; left = endNanos - System.nanoTime()) {
            Integer timer = expired.poll(left, TimeUnit.NANOSECONDS);
            if (timer != null) {
                vp.submit(() -> {
                    timers.again(timer);
                    return null;
                });
            }
        }
        return vp.submit(() -> timers.stop()).get();
    }

    private void fired(int vector) {
        try {
            if (timers != null && vector >= TimerSet.FIRST_VECTOR) {
                timers.fired(vector - TimerSet.FIRST_VECTOR);
            }
        } catch (GuestFault fault) {
            throw new IllegalStateException("a register that was promised is not there", fault);
        }
    }

    /** Sees interrupts on the VP's thread, just before they are requested. */
    private final class Listening extends ForwardingHost {
        Listening(Host host) {
            super(host);
            memory = host.memory();
        }

        @Override
        public void interrupt(int vp, int vector) {
            fired(vector);
            super.interrupt(vp, vector);
        }
    }
}
