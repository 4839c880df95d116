package hv.soak;

import hv.api.dto.PartitionDTO;
import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.Host;
import hv.api.host.Hypervisor;
import hv.api.synic.SynicPorts;
import hv.guest.GuestPart;
import hv.guest.GuestPartException;
import hv.guest.GuestProgram;
import hv.machine.Machine;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A soak under way: a guest at work on all its VPs, and the host side that sends to it and counts.
 *
 * <p>Start one, do to the partition or to the machine what is to be tried under load, and {@link #finish}. Bundles may
 * be replaced and the machine may be paused at any time. Who saves and restores holds the host side in between
 * ({@link #holdHost}), since what it sends after the save is lost with the restore. A reset loses what is under way, so
 * a soak does not survive one. Any thread but a VP's.
 *
 * <p>After a fifth of the time, 10 s at most, and at its end garbage is collected, to see what grows; that stops the
 * JVM for some milliseconds.
 */
public final class SoakRun implements AutoCloseable {
    private static final String PART = "soak";
    private static final int EARLY = 5;
    private static final long EARLY_NANOS = 10_000_000_000L;

    /** How often the soak looks whether somebody has had enough. */
    private static final long LOOK_NANOS = 50_000_000;

    /** How long a timer that has not died may need after that. */
    private static final long TIMERS_NANOS = 5_000_000_000L;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /**
     * The guest allocates while the heap is looked at: a buffer of a thread, some 2 MiB, may be in one look and not in
     * the other.
     */
    private static final long GROWTH_BYTES = 4 << 20;

    private static final int MOST_VIOLATIONS = 1000;

    private final SoakSpec spec;
    private final List<String> violations = Collections.synchronizedList(new ArrayList<>());
    private final List<VpLink> links = new ArrayList<>();
    private final Set<Thread> before = Footprint.ownThreads();
    private final SoakGuest guest;
    private CountingHost host;
    private volatile SynicPorts ports;

    /** What partitions had counted when the guest moved away from them. */
    private final List<PartitionDTO> earlier = new CopyOnWriteArrayList<>();

    private final Sender sender;
    private final Object moving = new Object();
    private final CountDownLatch enough = new CountDownLatch(1);
    private final CompletableFuture<SoakReport> report = new CompletableFuture<>();
    private final Thread conductor =
            Thread.ofPlatform().daemon().name("hv-soak").unstarted(this::conduct);

    private SoakRun(Hypervisor real, SoakSpec spec) throws ConfigurationException {
        this.spec = spec;
        Hypervisor hypervisor = new WrappingHypervisor(real, this::count, this::connect);
        GuestProgram program = program();
        String commandLine =
                "limit=" + spec.duration().plus(PATIENCE).plus(PATIENCE).toSeconds() + "s";
        this.guest = switch (spec.backend()) {
            case KVM -> new KvmSoakGuest(hypervisor, program, spec, commandLine);
            case HOSTED -> new HostedSoakGuest(hypervisor, program, spec, commandLine);
        };
        this.sender = new Sender(links, spec.messagesPerSecond());
    }

    /**
     * Starts a soak.
     *
     * @param hypervisor with at least vpindex, time, synic, stimer, ipi and tlbflush deployed
     * @throws ConfigurationException if one of them is missing
     * @throws hv.kvm.error.KvmException if KVM cannot be used, in one line that says what to do
     */
    public static SoakRun start(Hypervisor hypervisor, SoakSpec spec) throws ConfigurationException {
        SoakRun run =
                new SoakRun(Objects.requireNonNull(hypervisor, "hypervisor"), Objects.requireNonNull(spec, "spec"));
        run.sender.start();
        run.conductor.start();
        return run;
    }

    private static GuestProgram program() {
        try (InputStream in = SoakRun.class.getResourceAsStream("soak.guest")) {
            String text = new String(Objects.requireNonNull(in, "soak.guest").readAllBytes(), StandardCharsets.UTF_8);
            return GuestProgram.of(List.of(GuestPart.parse(PART, text)), Set.of(PART));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GuestPartException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private Host count(Host counted) {
        host = host == null ? new CountingHost(counted) : host.before(counted);
        return host;
    }

    /** The first partition, or the one that the guest moves to. */
    private void connect(GuestPartition partition) {
        ports = partition.service("synic", SynicPorts.class).orElseThrow();
        for (int vp = links.size(); vp < spec.vps(); vp++) {
            links.add(new VpLink(vp, () -> ports, this::violated));
        }
        links.forEach(VpLink::connect);
    }

    /**
     * Saves the guest to a file, ends its machine, and has it go on from the file in a new one; what the host sends
     * waits meanwhile. On the back end KVM only.
     *
     * @throws IOException if the snapshot cannot be written or restored; the soak then ends
     */
    public void move(Path file) throws IOException {
        synchronized (moving) {
            holdHost();
            try {
                guest.move(file, left -> earlier.add(left.inspect()));
            } finally {
                releaseHost();
            }
        }
    }

    private void violated(String line) {
        if (violations.size() < MOST_VIOLATIONS) {
            violations.add(line);
        }
    }

    /** The partition, to do something to. */
    public GuestPartition partition() {
        return guest.partition();
    }

    /** The machine, to do something to; empty on the hosted back end, which has none. */
    public Optional<Machine> machine() {
        return guest.machine();
    }

    /** Whether the guest is at work. */
    public boolean isRunning() {
        return guest.isRunning();
    }

    /**
     * How many messages of the host all VPs together were sent so far: who wants to act under load can wait for that to
     * grow.
     */
    public long messagesSent() {
        return links.stream().mapToLong(VpLink::sent).sum();
    }

    /**
     * Has the host side send nothing of its own until {@link #releaseHost}; returns when nothing is being sent. Holds
     * add up.
     */
    public void holdHost() {
        sender.hold();
    }

    /** Ends one {@link #holdHost}. */
    public void releaseHost() {
        sender.release();
    }

    /**
     * Waits until the time is over, has the guest stop, and compares. Ends early if the guest does. May be called
     * again.
     *
     * @throws InterruptedException if the waiting thread is interrupted; the soak goes on
     */
    public SoakReport finish() throws InterruptedException {
        try {
            return report.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the soak itself failed", e.getCause());
        }
    }

    /** Ends the guest's work before its time, in good order; {@link #finish} then tells what came of it. */
    public void enough() {
        enough.countDown();
    }

    /** Ends it at once if it runs; without effect after {@link #finish}. */
    @Override
    public void close() {
        conductor.interrupt();
        boolean isInterrupted = false;
        while (conductor.isAlive()) {
            try {
                conductor.join();
            } catch (InterruptedException e) {
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void conduct() {
        try {
            report.complete(carryOut());
        } catch (InterruptedException | RuntimeException | Error e) {
            report.completeExceptionally(e);
        }
    }

    private SoakReport carryOut() throws InterruptedException {
        long startNanos = System.nanoTime();
        long totalNanos = spec.duration().toNanos();
        Footprint early;
        Footprint late;
        double seconds;
        try {
            work(startNanos + Math.min(totalNanos / EARLY, EARLY_NANOS));
            early = footprint();
            work(startNanos + totalNanos);
            late = footprint();
            awaitTimers();
            sender.stop();
            seconds = (System.nanoTime() - startNanos) / 1e9;
            if (!guest.isRunning()) {
                violated("the guest has ended by itself");
            } else if (!guest.await(PATIENCE.toNanos())) {
                violated("the guest has not stopped within " + PATIENCE.toSeconds() + " s");
            }
        } finally {
            sender.end();
            guest.close();
        }
        Footprint.threadsLeft(before).forEach(thread -> violated("thread " + thread.getName() + " is still there"));
        compareFootprints(early, late);
        Comparison comparison = compareCounts();
        long latest100ns = counts().mapToLong(GuestCounts::latest100ns).max().orElse(0);
        return new SoakReport(
                spec,
                seconds,
                comparison.rows(),
                violations,
                counts().mapToLong(GuestCounts::messages).sum() / seconds,
                links.stream().mapToLong(VpLink::backPressure).sum(),
                latest100ns,
                early.heapBytes(),
                late.heapBytes());
    }

    /** Lets the guest work until then, until it ends, or until somebody has had enough. */
    private void work(long untilNanos) throws InterruptedException {
        long left = untilNanos - System.nanoTime();
        while (left > 0 && enough.getCount() != 0 && !guest.await(Math.min(left, LOOK_NANOS))) {
            left = untilNanos - System.nanoTime();
        }
    }

    /**
     * Lets each VP have one more timer message, since collecting garbage may have stopped all of them for longer than a
     * timer may be silent before the end. One that has died is not waited for long.
     */
    private void awaitTimers() throws InterruptedException {
        long[] before = timerInterrupts();
        long until = System.nanoTime() + TIMERS_NANOS;
        boolean isMoving = false;
        while (!isMoving && System.nanoTime() < until && !guest.await(LOOK_NANOS)) {
            long[] now = timerInterrupts();
            isMoving = IntStream.range(0, now.length).allMatch(vp -> now[vp] > before[vp]);
        }
    }

    private long[] timerInterrupts() {
        return links.stream()
                .mapToLong(link -> host.interrupts(link.vp(), VpLink.TIMER_VECTOR))
                .toArray();
    }

    private Footprint footprint() {
        // Not in the middle of a move, when there are the threads of two machines or of none.
        synchronized (moving) {
            guest.tidy();
            return Footprint.take();
        }
    }

    private void compareFootprints(Footprint early, Footprint late) {
        if (late.threads().size() > early.threads().size()) {
            violated("there are %d threads, and there were %d"
                    .formatted(late.threads().size(), early.threads().size()));
        }
        if (late.heapBytes() - early.heapBytes() > GROWTH_BYTES) {
            violated("the heap has grown by %d KiB".formatted(late.heapBytes() - early.heapBytes() >> 10));
        }
    }

    /** The counts of the VPs that have told them. */
    private Stream<GuestCounts> counts() {
        return links.stream().map(VpLink::counts).filter(Objects::nonNull);
    }

    private Comparison compareCounts() {
        guest.report()
                .lines()
                .filter(line -> !line.startsWith("hv-guest:") && !line.contains("  ok  "))
                .forEach(this::violated);
        Comparison comparison = new Comparison(violations);
        List<GuestCounts> counts = counts().toList();
        if (counts.size() != links.size()) {
            violated("%d of %d VPs have told their counts".formatted(counts.size(), links.size()));
            return comparison;
        }
        for (int vp = 0; vp < counts.size(); vp++) {
            GuestCounts sender = counts.get((vp + counts.size() - 1) % counts.size());
            comparison.vp(links.get(vp), counts.get(vp), sender, host);
        }
        List<PartitionDTO> partitions = new ArrayList<>(earlier);
        partitions.add(guest.partition().inspect());
        comparison.all(counts, partitions);
        return comparison;
    }
}
