package hv.bench.stimer;

import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import hv.hosted.HostedHost;
import hv.hosted.HostedListener;
import java.util.concurrent.locks.LockSupport;

/** Without a CPU: the VP's thread sleeps until it is kicked. */
final class HostedRig extends TimerRig {
    private final HostedHost host = HostedHost.builder().runningClock().build();
    private final GuestPartition partition;
    private final Thread vp = Thread.ofPlatform().daemon().name("hv-vp-0").unstarted(this::run);
    private volatile boolean isClosed;

    HostedRig(Hypervisor hypervisor) throws ConfigurationException {
        partition = listening(hypervisor).create(FLAGS, host);
        partition.addVp();
        host.addListener(new HostedListener() {
            @Override
            public void kicked(int index) {
                LockSupport.unpark(vp);
            }
        });
        vp.start();
    }

    private void run() {
        while (!isClosed) {
            if (host.takeKick(0)) {
                partition.vp(0).drain();
                // Nobody else takes interrupts here.
                host.takeInterrupts();
            } else {
                LockSupport.park(this);
            }
        }
    }

    @Override
    String name() {
        return "hosted";
    }

    @Override
    GuestPartition partition() {
        return partition;
    }

    @Override
    public void close() {
        isClosed = true;
        LockSupport.unpark(vp);
        partition.close();
    }
}
