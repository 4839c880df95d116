package hv.partition;

import hv.api.Flags;
import hv.api.HostFacts;
import hv.api.Problem.Severity;
import hv.api.Release;
import hv.api.dto.EnlightenmentDTO;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.Host;
import hv.api.host.Hypervisor;
import hv.api.host.PartitionListener;
import hv.api.host.Profile;
import hv.api.host.Verdict;
import hv.partition.failure.BundleCalls;
import hv.partition.failure.CallException;
import hv.partition.failure.Callback;
import hv.partition.failure.Failures;
import hv.partition.failure.Limits;
import hv.partition.news.Audience;
import hv.partition.news.Messenger;
import hv.partition.plan.Catalogue;
import hv.partition.plan.Everything;
import hv.partition.plan.Plan;
import hv.partition.plan.Planner;
import hv.partition.plan.Profiles;
import hv.partition.vp.AlarmThread;
import hv.partition.vp.Routes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The hypervisor service itself: a catalogue of enlightenments, and the partitions made from it. Knows no enlightenment
 * by name.
 *
 * <p>OSGi and {@link java.util.ServiceLoader} each have a thin class that fills the catalogue; who wires by hand uses
 * {@link #of}. Any thread.
 */
public class PartitionService implements Hypervisor {
    /** So long listeners may take to be told that partitions were closed with the service. */
    private static final Duration LAST_WORDS = Duration.ofMillis(500);

    private final Limits limits = new Limits();
    private final Failures failures = new Failures("hypervisor");
    private final Catalogue catalogue;
    private final Planner planner;
    private final Map<Integer, PartitionImpl> open = new TreeMap<>();
    private final Messenger messenger = new Messenger(limits, failures);
    private final AlarmThread alarmThread = new AlarmThread(failures);
    private final Arrivals arrivals = new Arrivals(this::bring, failures);
    private final Audience listeners = new Audience(messenger);
    private final AtomicInteger lastId = new AtomicInteger();

    /** An empty one, for subclasses that fill it. */
    protected PartitionService() {
        catalogue = new Catalogue(new BundleCalls(limits, failures));
        planner = new Planner(catalogue);
    }

    /** How long code of bundles may take. */
    Limits limits() {
        return limits;
    }

    Failures failures() {
        return failures;
    }

    /** A hypervisor with exactly these enlightenments. */
    public static Hypervisor of(List<? extends Enlightenment> enlightenments) {
        PartitionService service = new PartitionService();
        for (Enlightenment enlightenment : enlightenments) {
            try {
                service.deploy(enlightenment, originOf(enlightenment), Release.NONE);
            } catch (CallException e) {
                throw new IllegalArgumentException(e.getMessage(), e);
            }
        }
        return service;
    }

    /** Where a class came from when nobody knows better. */
    static String originOf(Enlightenment enlightenment) {
        Module module = enlightenment.getClass().getModule();
        return module.isNamed() ? module.getName() : enlightenment.getClass().getPackageName();
    }

    private void deploy(Enlightenment enlightenment, String origin, Release release) throws CallException {
        bring(announce(enlightenment, origin, release));
    }

    /** It is there for partitions that are made from now on. */
    private Catalogue.Entry announce(Enlightenment enlightenment, String origin, Release release) throws CallException {
        Catalogue.Entry entry = catalogue.describe(enlightenment, origin, release);
        for (var spec : entry.descriptor().hypercalls()) {
            if (Routes.callIndex(spec.code()) < 0) {
                throw new IllegalArgumentException("call code outside 0x00-0xff and 0x8000-0x80ff: " + spec);
            }
        }
        catalogue.add(entry);
        return entry;
    }

    /** It takes its places in partitions that are there. One that is being made sees it in the catalogue. */
    private void bring(Catalogue.Entry entry) {
        forEach(running(), partition -> partition.places().deployed(entry));
    }

    private List<PartitionImpl> running() {
        synchronized (open) {
            return List.copyOf(open.values());
        }
    }

    /** One that does not say what it is has been told of, and is not there. */
    private void deployIfDescribed(Enlightenment enlightenment, String origin, Release release) {
        try {
            deploy(enlightenment, origin, release);
        } catch (CallException told) {
            // Nothing has changed.
        }
    }

    /** {@link #deploy(Enlightenment, String, int, int, int, String)} of what has no version. */
    protected final void deploy(Enlightenment enlightenment, String origin) {
        deployIfDescribed(enlightenment, origin, Release.NONE);
    }

    /**
     * Adds an enlightenment: partitions built from now on see it, and in those that run it takes the place of an older
     * version of itself, or one that is vacant. Waits for that; see {@link hv.api.host.Places#history} for what came of
     * it.
     *
     * @param origin name and version of the bundle, for people
     */
    protected final void deploy(
            Enlightenment enlightenment, String origin, int major, int minor, int micro, String qualifier) {
        deployIfDescribed(enlightenment, origin, new Release(major, minor, micro, qualifier));
    }

    /**
     * The same without waiting: partitions that run are seen to by a thread of this service. {@link #settle} waits for
     * it.
     */
    protected final void deployLater(
            Enlightenment enlightenment, String origin, int major, int minor, int micro, String qualifier) {
        try {
            Catalogue.Entry entry = announce(enlightenment, origin, new Release(major, minor, micro, qualifier));
            if (!running().isEmpty()) {
                arrivals.add(entry);
            }
        } catch (CallException told) {
            // Nothing has changed.
        }
    }

    @Override
    public boolean settle(Duration limit) {
        return arrivals.awaitNone(limit);
    }

    /**
     * Takes an enlightenment out; in partitions that have it, another version takes over or its place is vacant
     * afterwards.
     */
    protected final void withdraw(Enlightenment enlightenment) {
        catalogue.remove(enlightenment);
        forEach(running(), partition -> partition.places().withdrawn());
    }

    /** Nobody waits for a successor in a vacant place any more, in any partition: none will come. */
    protected final void endWaits() {
        forEach(running(), PartitionImpl::stopping);
    }

    /** What goes wrong in one partition is no matter of the others. */
    private void forEach(List<PartitionImpl> partitions, Consumer<PartitionImpl> change) {
        for (PartitionImpl partition : partitions) {
            try {
                change.accept(partition);
            } catch (Throwable e) {
                failures.record("partition " + partition.id(), Callback.SUCCESSION, e);
            }
        }
    }

    /** Adds a listener for all partitions, those that are open among them. */
    protected final void listen(PartitionListener listener) {
        synchronized (open) {
            listeners.add(
                    listener, open.values().stream().map(PartitionImpl::news).toList());
        }
    }

    /** Removes a listener. */
    protected final void unlisten(PartitionListener listener) {
        listeners.remove(listener);
    }

    @Override
    public Verdict check(Flags flags, HostFacts host) {
        return planner.plan(flags, host).verdict();
    }

    @Override
    public Verdict check(String flags, HostFacts host) {
        return planner.plan(flags, host).verdict();
    }

    @Override
    public Flags everything(HostFacts host) {
        return Everything.on(host, catalogue);
    }

    @Override
    public List<Profile> profiles(HostFacts host) {
        return new Profiles(catalogue, host).all();
    }

    @Override
    public GuestPartition create(Flags flags, Host host) throws ConfigurationException {
        return create(host, facts -> planner.plan(flags, facts));
    }

    @Override
    public GuestPartition create(String flags, Host host) throws ConfigurationException {
        return create(host, facts -> planner.plan(flags, facts));
    }

    private GuestPartition create(Host host, Function<HostFacts, Plan> planned) throws ConfigurationException {
        HostPromises.check(host);
        Plan plan = planned.apply(host.facts());
        if (!plan.starts()) {
            throw new ConfigurationException(plan.problems().stream()
                    .filter(p -> p.severity() == Severity.WILL_NOT_START)
                    .toList());
        }
        // Not under the lock: bundles are called, and one that hangs must not keep other partitions from being made.
        PartitionImpl partition = new PartitionImpl(
                lastId.incrementAndGet(), plan, host, catalogue, listeners, messenger, alarmThread, this::forget);
        synchronized (open) {
            open.put(partition.id(), partition);
            partition.news().opened();
        }
        partition.places().settleIn();
        return partition;
    }

    private void forget(PartitionImpl partition) {
        synchronized (open) {
            open.remove(partition.id());
            partition.news().closed();
        }
    }

    @Override
    public List<GuestPartition> partitions() {
        synchronized (open) {
            return List.copyOf(open.values());
        }
    }

    /** Closes every partition: the service is going away. */
    protected final void closeAll() {
        forEach(running(), PartitionImpl::close);
        messenger.settle(LAST_WORDS);
    }

    @Override
    public List<EnlightenmentDTO> enlightenments() {
        TreeSet<String> deployed = catalogue.all().stream()
                .map(entry -> entry.descriptor().id())
                .collect(Collectors.toCollection(TreeSet::new));
        List<EnlightenmentDTO> rows = new ArrayList<>();
        for (Catalogue.Entry entry : catalogue.all()) {
            Descriptor d = entry.descriptor();
            rows.add(new EnlightenmentDTO(
                    d.id(),
                    d.flag(),
                    d.title(),
                    d.benefit(),
                    d.section(),
                    entry.origin(),
                    d.requires(),
                    d.recommends(),
                    catalogue.missing(d.id(), deployed),
                    d.migrationVeto(),
                    d.cpuid().stream().map(b -> b.where() + " " + b.name()).toList(),
                    d.msrs().stream()
                            .map(m -> (m.first() == m.last()
                                            ? "0x%08x ".formatted(m.first())
                                            : "0x%08x-0x%08x ".formatted(m.first(), m.last()))
                                    + m.name())
                            .toList(),
                    d.hypercalls().stream()
                            .map(h -> "0x%04x %s".formatted(h.code(), h.name()))
                            .toList()));
        }
        return rows;
    }
}
