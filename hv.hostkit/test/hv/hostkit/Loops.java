package hv.hostkit;

import hv.api.host.GuestPartition;
import hv.api.host.Host;
import hv.hosted.HostedHost;
import hv.hosted.HostedListener;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** A VMM over a hosted host: a thread for each VP that drains and waits for a kick. */
class Loops implements HostSubject, HostedListener {
    final HostedHost hosted = HostedHost.builder().runningClock().build();
    private Host host = hosted;
    Thread[] threads = {};
    volatile boolean isOver;

    Loops() {
        hosted.addListener(this);
    }

    /** Puts another host in front. */
    Loops behind(Host other) {
        host = other;
        return this;
    }

    @Override
    public Host host() {
        return host;
    }

    @Override
    public void run(GuestPartition partition) {
        threads = new Thread[partition.vpCount()];
        for (int vp = 0; vp < threads.length; vp++) {
            int index = vp;
            threads[vp] = new Thread(() -> loop(partition, index), "vp-of-test-" + vp);
            threads[vp].setDaemon(true);
        }
        for (Thread each : threads) {
            each.start();
        }
    }

    void loop(GuestPartition partition, int index) {
        while (!isOver) {
            partition.vp(index).drain();
            if (!hosted.takeKick(index)) {
                LockSupport.park(this);
            }
        }
    }

    @Override
    public void kicked(int vp) {
        if (vp < threads.length) {
            LockSupport.unpark(threads[vp]);
        }
    }

    @Override
    public Optional<Boolean> isRequested(int vp, int vector) {
        return Optional.of(
                hosted.takeInterrupts().stream().anyMatch(each -> each.vp() == vp && each.vector() == vector));
    }

    @Override
    public void close() {
        isOver = true;
        for (Thread each : threads) {
            LockSupport.unpark(each);
        }
    }
}
