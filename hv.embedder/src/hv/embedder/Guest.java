package hv.embedder;

import hv.api.GuestFault;
import hv.api.dto.PlaceDTO;
import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.GuestVp;
import hv.api.host.Hypervisor;
import hv.hosted.HostedHost;
import hv.hosted.HostedListener;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A small VMM and its guest: one VP whose periodic timer sends messages, which the guest takes, checks and acknowledges
 * without end.
 */
final class Guest implements AutoCloseable {
    /** What it is promised. */
    static final String FLAGS = "hv-vpindex,hv-time,hv-synic,hv-stimer,hv-enforce-cpuid";

    private static final int REFERENCE_COUNTER = 0x4000_0020;
    private static final int SCONTROL = 0x4000_0080;
    private static final int SIMP = 0x4000_0083;
    private static final int EOM = 0x4000_0084;
    private static final int SINT2 = 0x4000_0092;
    private static final int STIMER0_CONFIG = 0x4000_00B0;
    private static final int STIMER0_COUNT = 0x4000_00B1;
    private static final long MESSAGE_PAGE = 0x6000;
    private static final long SLOT2 = MESSAGE_PAGE + 2 * 256;
    private static final int TIMER_EXPIRED = 0x8000_0010;
    private static final int VECTOR = 0x52;

    /** Enabled, periodic, with messages of SINT 2. */
    private static final long PERIODIC_ON_SINT2 = 0x2_0003;

    private static final long PERIOD_100NS = 20_000;
    private static final long PATIENCE_SECONDS = 60;

    private final HostedHost host = HostedHost.builder().runningClock().build();
    private final Semaphore kicks = new Semaphore(0);
    private final AtomicLong interrupts = new AtomicLong();
    private final AtomicLong messages = new AtomicLong();
    private final GuestPartition partition;
    private final GuestVp vp;
    private final Thread thread;
    private volatile boolean isStopping;
    private volatile String wrong = "";
    private long lastExpiration;
    private long lastTime;

    Guest(Hypervisor hypervisor) throws ConfigurationException {
        host.addListener(new HostedListener() {
            @Override
            public void kicked(int vp) {
                kicks.release();
            }

            @Override
            public void interrupted(int vp, int vector) {
                if (vector == VECTOR) {
                    interrupts.incrementAndGet();
                }
            }
        });
        partition = hypervisor.create(FLAGS, host);
        partition.places().deadline(Duration.ofMinutes(10));
        vp = partition.addVp();
        thread = new Thread(this::run, "guest");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            vp.writeMsr(SIMP, MESSAGE_PAGE | 1);
            vp.writeMsr(SCONTROL, 1);
            vp.writeMsr(SINT2, VECTOR);
            vp.writeMsr(STIMER0_COUNT, PERIOD_100NS);
            vp.writeMsr(STIMER0_CONFIG, PERIODIC_ON_SINT2);
            while (!isStopping) {
                vp.drain();
                takeMessage();
                if (kicks.tryAcquire(1, TimeUnit.MILLISECONDS)) {
                    kicks.drainPermits();
                }
            }
        } catch (Throwable e) {
            wrong = "the guest's processor: " + e;
        }
    }

    private void takeMessage() throws GuestFault {
        int type = host.memory().getInt(SLOT2);
        if (type == 0) {
            return;
        }
        long expiration = host.memory().getLong(SLOT2 + 24);
        if (type != TIMER_EXPIRED
                || expiration <= lastExpiration
                || (expiration - lastExpiration) % PERIOD_100NS != 0) {
            if (lastExpiration != 0) {
                wrong = "message %08x of %d after one of %d".formatted(type, expiration, lastExpiration);
            }
        }
        lastExpiration = expiration;
        long now = vp.readMsr(REFERENCE_COUNTER);
        if (now < lastTime || now < expiration) {
            wrong = "time %d after %d, at the message of %d".formatted(now, lastTime, expiration);
        }
        lastTime = now;
        host.memory().putIntRelease(SLOT2, 0);
        host.memory().fullFence();
        vp.writeMsr(EOM, 0);
        messages.incrementAndGet();
    }

    GuestPartition partition() {
        return partition;
    }

    /** Whether {@code more} messages come, each with its interrupt. */
    private boolean goesOn(int more) throws InterruptedException {
        long wanted = messages.get() + more;
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (messages.get() < wanted && System.nanoTime() < until && wrong.isEmpty()) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        return messages.get() >= wanted && wrong.isEmpty();
    }

    /** It goes on: {@code when} says after what. */
    void mustGoOn(String when) throws InterruptedException {
        check(goesOn(3), "lost " + when + ": " + wrong());
        check(wrong().isEmpty(), when + ": " + wrong());
    }

    static void check(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException(what);
        }
    }

    /** Who is in the place of {@code id}, or nothing while it is vacant. */
    String inPlace(String id) {
        return partition.places().all().stream()
                .filter(place -> place.id().equals(id) && place.state() == PlaceDTO.State.IN_PLACE)
                .map(PlaceDTO::bundle)
                .findFirst()
                .orElse("");
    }

    /** What is wrong with it; empty if nothing is. */
    private String wrong() {
        if (wrong.isEmpty()) {
            return partition.places().all().stream()
                    .filter(place ->
                            place.state() != PlaceDTO.State.IN_PLACE || place.timeouts() > 0 || place.failures() > 0)
                    .map(Object::toString)
                    .findFirst()
                    .orElse("");
        }
        return wrong;
    }

    long messages() {
        return messages.get();
    }

    @Override
    public void close() {
        isStopping = true;
        kicks.release();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        partition.close();
    }
}
