package hv.fuzz.storm;

import hv.api.enlightenment.Enlightenment;
import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.fuzz.target.Finding;
import hv.fuzz.target.LogWatch;
import hv.hosted.HostedHost;
import hv.hosted.HostedListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/**
 * Everybody at once: VPs that are in the guest until they are kicked, a program that writes to all of RAM, tasks,
 * inspection, host-side code, swaps, bundles that leave and come back, save, restore, reset, other clocks. Has to hold:
 * no thread fails or stands still, every task is done, nothing is logged as an error, and what is kept in the end is
 * little.
 */
public final class Storm {
    static final String OPERATIONS = "operations";
    static final String SWAPS = "swaps";
    static final String REFUSED_SWAPS = "refused swaps";
    static final String VACANCIES = "vacancies";
    static final String TASKS = "tasks";
    static final String POSTS = "posts";
    static final String STOPS = "stops";

    private static final int MEMORY_BYTES = 1 << 20;
    private static final int END_MILLIS = 120_000;
    /** Longer than any bundle is away, however busy the machine is. */
    private static final int VACANCY_SECONDS = 60;

    private static final long MOST_KEPT_BYTES = 96 << 20;

    private final List<Enlightenment> enlightenments;
    private final int vps;
    private final boolean hasVacancies;
    private final long seed;

    /**
     * One that has not begun.
     *
     * @param vps how many VPs, 2 or more
     * @param hasVacancies whether bundles leave and come back, too
     * @param seed of all that is left to chance, but not of who comes first
     */
    public Storm(List<Enlightenment> enlightenments, int vps, boolean hasVacancies, long seed) {
        this.enlightenments = List.copyOf(enlightenments);
        this.vps = vps;
        this.hasVacancies = hasVacancies;
        this.seed = seed;
    }

    /** Lets it blow for so long. */
    public StormReport run(int seconds) throws InterruptedException {
        try (LogWatch log = new LogWatch()) {
            StormService service = new StormService(enlightenments);
            HostedHost host = HostedHost.builder()
                    .memoryBytes(MEMORY_BYTES)
                    .runningClock()
                    .build();
            String flags = service.everything(host.facts()) + ",hv-syndbg,hv-enforce-cpuid";
            try (GuestPartition partition = service.create(flags, host)) {
                return run(log, service, host, partition, seconds);
            }
        } catch (ConfigurationException e) {
            throw new Finding("everything deployed does not start", e);
        }
    }

    private StormReport run(LogWatch log, StormService service, HostedHost host, GuestPartition partition, int seconds)
            throws InterruptedException {
        IntStream.range(0, vps).forEach(vp -> partition.addVp());
        host.attach(partition);
        partition.places().deadline(Duration.ofSeconds(VACANCY_SECONDS));
        Weather weather = new Weather(service, host, partition);
        List<Processor> processors = IntStream.range(0, vps)
                .mapToObj(vp -> new Processor(weather, vp, seed + vp))
                .toList();
        host.addListener(new HostedListener() {
            @Override
            public void kicked(int vp) {
                processors.get(vp).wake();
            }
        });
        List<Thread> threads = start(weather, processors);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (System.nanoTime() < end && weather.problems().isEmpty()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
        weather.end();
        finish(weather, threads, processors);
        try {
            log.check();
        } catch (Finding e) {
            weather.problem(e);
        }
        checkMemory(weather);
        return StormReport.of(weather, vps, hasVacancies);
    }

    private List<Thread> start(Weather weather, List<Processor> processors) {
        ReentrantLock changes = new ReentrantLock(true);
        List<Worker> workers = new ArrayList<>(processors);
        workers.add(new Scribbling(weather, seed + 100));
        workers.add(new Tasks(weather, seed + 101));
        workers.add(new Tasks(weather, seed + 102));
        workers.add(new Inspecting(weather, seed + 103));
        workers.add(new Posting(weather, seed + 104));
        workers.add(new Changing(weather, seed + 105, changes, hasVacancies));
        workers.add(new Stopping(weather, seed + 106, changes, () -> processors.forEach(Processor::wake)));
        return workers.stream()
                .map(worker -> Thread.ofPlatform()
                        .daemon()
                        .name("storm-" + worker.name())
                        .start(worker))
                .toList();
    }

    private static void finish(Weather weather, List<Thread> threads, List<Processor> processors)
            throws InterruptedException {
        processors.forEach(Processor::wake);
        for (Thread thread : threads) {
            thread.join(END_MILLIS);
            if (thread.isAlive()) {
                Finding stuck = new Finding(thread.getName() + " does not end");
                stuck.setStackTrace(thread.getStackTrace());
                weather.problem(stuck);
            }
        }
    }

    private static void checkMemory(Weather weather) {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        long kept = runtime.totalMemory() - runtime.freeMemory();
        if (kept > MOST_KEPT_BYTES) {
            weather.problem(new Finding("%,d bytes are kept, more than %,d".formatted(kept, MOST_KEPT_BYTES)));
        }
    }
}
