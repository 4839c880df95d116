package hv.itest.inside;

import hv.api.GuestFault;
import hv.api.dto.SwapDTO;
import hv.api.host.GuestPartition;
import hv.api.host.GuestVp;
import hv.api.host.Hypervisor;
import hv.hosted.HostedHost;
import java.time.Duration;
import java.util.Hashtable;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/**
 * A VMM that anybody could have written, as a bundle: a guest whose VP reads its clock all the time. It is asked
 * through a service of a JDK type, since tests outside do not see the classes inside.
 */
public final class GuestActivator implements BundleActivator {
    private static final int TIME_REF_COUNT = 0x4000_0020;

    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong faults = new AtomicLong();
    private Hypervisor hypervisor;
    private GuestPartition partition;
    private Thread thread;
    private final CountDownLatch door = new CountDownLatch(1);
    private volatile boolean isOver;

    @Override
    public void start(BundleContext context) throws Exception {
        hypervisor = context.getService(context.getServiceReference(Hypervisor.class));
        partition = hypervisor.create(
                "hv-time,hv-enforce-cpuid", HostedHost.builder().runningClock().build());
        GuestVp vp = partition.addVp();
        thread = new Thread(() -> run(vp), "guest-of-test");
        thread.start();
        Hashtable<String, Object> properties = new Hashtable<>();
        properties.put("guest", "of test");
        context.registerService(Function.class, (Function<String, Object>) this::answer, properties);
    }

    private void run(GuestVp vp) {
        while (!isOver) {
            try {
                vp.drain();
                vp.readMsr(TIME_REF_COUNT);
                reads.incrementAndGet();
            } catch (GuestFault fault) {
                faults.incrementAndGet();
            }
        }
    }

    private Object answer(String question) {
        List<SwapDTO> history = partition.places().history();
        return switch (question) {
            case "reads" -> reads.get();
            case "faults" -> faults.get();
            case "waiting" -> partition.places().all().get(0).waitingVps();
            case "changes" -> history.size();
            case "last" -> history.get(history.size() - 1).toString();
            case "settle" -> hypervisor.settle(Duration.ofMinutes(1));
            case "patient" -> {
                partition.places().deadline(Duration.ofMinutes(10));
                yield true;
            }
            case "hold" -> {
                // In the middle of an exit, as a VP that writes to a slow disk.
                CountDownLatch isHeld = new CountDownLatch(1);
                partition.vp(0).submit(() -> {
                    isHeld.countDown();
                    door.await();
                    return null;
                });
                yield isHeld;
            }
            case "release" -> {
                door.countDown();
                yield true;
            }
            default -> throw new IllegalArgumentException(question);
        };
    }

    /** Waits for its VP, and does not know that there is something to say before. */
    @Override
    public void stop(BundleContext context) throws Exception {
        isOver = true;
        door.countDown();
        thread.join();
        partition.close();
    }
}
