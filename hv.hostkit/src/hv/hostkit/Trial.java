package hv.hostkit;

import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.Host;
import hv.api.host.Hypervisor;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One subject while one rule is tried. Used by the thread of the test. */
final class Trial implements AutoCloseable {
    /** More than a busy machine needs for what takes microseconds. */
    static final long PATIENCE_SECONDS = 10;

    private final HostSubject subject;
    private final Hypervisor hypervisor;
    private final int vps;
    private GuestPartition partition;
    private boolean isRunning;

    Trial(HostSubject subject, Hypervisor hypervisor, int vps) {
        this.subject = subject;
        this.hypervisor = hypervisor;
        this.vps = vps;
    }

    HostSubject subject() {
        return subject;
    }

    Host host() {
        return subject.host();
    }

    int vps() {
        return vps;
    }

    /** The partition, made and with its VPs. */
    GuestPartition partition() {
        if (partition == null) {
            try {
                partition = hypervisor.create("", host());
                subject.addVps(partition, vps);
            } catch (ConfigurationException | IllegalStateException e) {
                throw new AssertionError("no partition can be made with this host: " + e.getMessage(), e);
            }
        }
        return partition;
    }

    /** The same while its VPs run. */
    GuestPartition running() throws Exception {
        GuestPartition made = partition();
        if (!isRunning) {
            isRunning = true;
            subject.run(made);
        }
        return made;
    }

    /** Has something done on the thread of a VP that runs. */
    <T> T onVp(int vp, String what, Callable<T> task) throws Exception {
        CompletableFuture<T> done = running().vp(vp).submit(task);
        return await(
                done,
                "VP %d did not %s within %d s after a kick: Host.kick(%d) must make it leave its guest, or end its waiting, and its loop must then call GuestVp.drain"
                        .formatted(vp, what, PATIENCE_SECONDS, vp));
    }

    /** Has something done by a thread of its own that must soon be back. */
    void soon(String advice, Callable<Void> task) throws Exception {
        FutureTask<Void> done = new FutureTask<>(task);
        Thread thread = new Thread(done, "hv-hostkit");
        thread.setDaemon(true);
        thread.start();
        await(done, advice);
    }

    static <T> T await(Future<T> done, String advice) throws Exception {
        try {
            return done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError(advice, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AssertionError failed) {
                throw failed;
            }
            throw new AssertionError(advice + " (it threw " + e.getCause() + ")", e.getCause());
        }
    }

    @Override
    public void close() {
        if (partition != null) {
            partition.stopping();
        }
        subject.close();
        if (partition != null) {
            partition.close();
        }
    }
}
