package hv.partition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.dto.FailureDTO;
import hv.api.dto.PlaceDTO;
import hv.api.dto.SwapDTO;
import hv.api.host.GuestPartition;
import hv.hosted.HostedHost;
import hv.hosted.HostedListener;
import hv.partition.bystander.Bystander;
import hv.partition.faulty.Saboteur;
import hv.partition.vp.HypercallMsrs;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** A guest with two VPs on their own threads that was promised a faulty enlightenment and a bystander. */
final class Stage implements AutoCloseable, HostedListener {
    static final String BOTH = "hv-saboteur,hv-bystander,hv-enforce-cpuid";

    private static final Duration GENEROUS = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final long OS_ID = 0x8100L << 48;

    final Versions hypervisor = new Versions();
    final HostedHost host = HostedHost.builder().build();
    final Saboteur old = new Saboteur();
    final Saboteur next = new Saboteur();
    final Bystander bystander = new Bystander();
    final GuestPartition partition;
    private final Driver[] drivers = new Driver[2];
    private long lastValue;
    private volatile boolean isOver;

    Stage() throws Exception {
        hypervisor.limits().set(GENEROUS);
        hypervisor.come(old, 0).come(bystander, 0);
        partition = hypervisor.create(BOTH, host);
        for (int vp = 0; vp < drivers.length; vp++) {
            partition.addVp();
            drivers[vp] = new Driver(vp);
        }
        host.addListener(this);
        Arrays.stream(drivers).forEach(driver -> driver.thread.start());
        onVp(0, () -> {
            partition.vp(0).writeMsr(HypercallMsrs.HV_X64_MSR_GUEST_OS_ID, OS_ID);
            return null;
        });
    }

    /** The thread of a VP, which does what a VMM's does but for entering a guest. */
    private final class Driver {
        private final ReentrantLock running = new ReentrantLock();
        private final Thread thread;
        private volatile boolean isOver;

        Driver(int vp) {
            thread = new Thread(
                    () -> {
                        while (!isOver) {
                            running.lock();
                            try {
                                partition.vp(vp).drain();
                            } finally {
                                running.unlock();
                            }
                            LockSupport.park();
                        }
                    },
                    "vp-" + vp);
            thread.setDaemon(true);
        }
    }

    @Override
    public void kicked(int vp) {
        if (vp < drivers.length) {
            LockSupport.unpark(drivers[vp].thread);
        }
    }

    /** Bundles get little time from now on, or, with false, as much as a busy machine needs. */
    void hurry(boolean isShort) {
        hypervisor.limits().set(isShort ? SHORT : GENEROUS);
    }

    /** Does something on a VP's thread. */
    <T> T onVp(int vp, Callable<T> what) throws Exception {
        try {
            return partition.vp(vp).submit(what).get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Does something while every VP is stopped. */
    <T> T stopped(Callable<T> what) throws Exception {
        Arrays.stream(drivers).forEach(driver -> driver.running.lock());
        try {
            return what.call();
        } finally {
            Arrays.stream(drivers).forEach(driver -> driver.running.unlock());
        }
    }

    /** Waits until a VP's thread is in the code that loops. */
    void awaitLoop(int vp) {
        await(() -> Arrays.stream(drivers[vp].thread.getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("loop")));
    }

    /** Waits for something, and has a VP come by until then. */
    void awaitWhileDrained(int vp, BooleanSupplier condition) {
        await(() -> {
            LockSupport.unpark(drivers[vp].thread);
            return condition.getAsBoolean();
        });
    }

    static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "it never came");
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** Deploys a newer version of the faulty one; what came of that. */
    SwapDTO come() {
        hypervisor.come(next, "hv.saboteur 1.1.0", 1);
        return lastChange();
    }

    /** What happened to a place last. */
    SwapDTO lastChange() {
        List<SwapDTO> history = partition.places().history();
        return history.get(history.size() - 1);
    }

    PlaceDTO slot() {
        return partition.places().all().stream()
                .filter(slot -> slot.id().equals(Saboteur.ID))
                .findFirst()
                .orElseThrow();
    }

    boolean hasTold(String place, String callback, String kind) {
        return partition.places().failures().stream()
                .anyMatch(row -> isOf(row, place, callback) && row.kind().equals(kind) && row.count() > 0);
    }

    private static boolean isOf(FailureDTO row, String place, String callback) {
        return row.place().equals(place) && row.callback().equals(callback);
    }

    /** The bystander answers on {@code vp} in every way that it has. */
    void bystanderAnswers(int vp) throws Exception {
        var guest = partition.vp(vp);
        long value = ++lastValue;
        long before = onVp(vp, () -> guest.readMsr(Bystander.ANSWERS));
        onVp(vp, () -> {
            guest.writeMsr(Bystander.VALUE, value);
            return null;
        });
        assertEquals(value, onVp(vp, () -> guest.readMsr(Bystander.VALUE)));
        host.advance100ns(10);
        // An alarm is looked at when the VP comes by, which it may have done a moment ago.
        awaitWhileDrained(vp, () -> {
            long now = answers(vp);
            return (int) now > (int) before && now >> 32 > before >> 32;
        });
        Registers call = Registers.of64(Bystander.CODE, 0, 0);
        onVp(vp, () -> {
            guest.hypercall(call);
            return null;
        });
        assertEquals(0, call.rax());
    }

    /** Whether what loops may end. */
    boolean isOver() {
        return isOver;
    }

    private long answers(int vp) {
        try {
            return onVp(vp, () -> partition.vp(vp).readMsr(Bystander.ANSWERS));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        hurry(true);
        partition.close();
        isOver = true;
        old.sabotage().end();
        next.sabotage().end();
        for (Driver driver : drivers) {
            driver.isOver = true;
            end(driver);
        }
        assertTrue(hypervisor.partitions().isEmpty());
    }

    private static void end(Driver driver) {
        try {
            while (driver.thread.isAlive()) {
                LockSupport.unpark(driver.thread);
                driver.thread.join(10);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
