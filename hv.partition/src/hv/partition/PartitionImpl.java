package hv.partition;

import hv.api.GuestMemory;
import hv.api.MsrRange;
import hv.api.Partition;
import hv.api.SavedState;
import hv.api.StateException;
import hv.api.VirtualProcessor;
import hv.api.VpSet;
import hv.api.dto.PartitionDTO;
import hv.api.host.ConfigurationException;
import hv.api.host.CpuidTable;
import hv.api.host.GuestPartition;
import hv.api.host.Host;
import hv.api.host.ManualClock;
import hv.api.host.PartitionListener;
import hv.api.host.PowerEvent;
import hv.partition.failure.BundleCalls;
import hv.partition.failure.BundleCalls.Steps;
import hv.partition.failure.CallException;
import hv.partition.failure.Callback;
import hv.partition.failure.Failures;
import hv.partition.plan.Catalogue;
import hv.partition.plan.FlagConfiguration;
import hv.partition.plan.Gate;
import hv.partition.plan.Plan;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * A guest: its slots, its VPs, its clock. Enlightenments see it as {@link Partition}, the VMM as {@link GuestPartition}.
 *
 * <p>Built before its VPs run; afterwards the list of VPs is immutable and everything here may be called from any thread, except
 * what {@link GuestPartition} reserves for a stopped partition.
 */
final class PartitionImpl implements Partition, GuestPartition {
    static final int MAX_VPS = 4096;
    private final int id;
    private final Plan plan;
    private final Host host;
    private final Consumer<PartitionImpl> onClose;
    private final TscClock clock;
    private final TscFrequency tscFrequency;
    private final Gate gate;
    private final AlarmClock alarms;
    private final HypercallMsrs own;
    private final PartitionPlaces places;
    private final Failures failures;
    private final BundleCalls calls;
    private final StateTransfer state;
    private final PowerLog power;

    /** Held by whoever changes what VPs are routed to, or takes or puts back the state. */
    private final Object changes = new Object();

    private volatile VpImpl[] vps = {};

    /** A VP that is being added. Guarded by changes. */
    private VpImpl nextVp;

    private volatile boolean closed;

    PartitionImpl(
            int id,
            Plan plan,
            Host host,
            Catalogue catalogue,
            List<PartitionListener> serviceListeners,
            Consumer<PartitionImpl> onClose)
            throws ConfigurationException {
        this.id = id;
        this.plan = plan.carriedOut();
        this.host = host;
        this.onClose = onClose;
        List<Slot> slots = new CopyOnWriteArrayList<>();
        this.failures = new Failures("partition " + id, new Owners(slots));
        this.calls = catalogue.calls().toldTo(failures);
        this.gate = new Gate(plan.cpuid(), plan.configuration().enforcesCpuid());
        this.clock = new TscClock(host);
        this.alarms = new AlarmClock(clock, ManualClock.of(host), "hv-alarms-" + id, failures);
        this.own = new HypercallMsrs(host.memory(), host.hypercallPage());
        this.power = new PowerLog(this, serviceListeners, failures);
        this.places = new PartitionPlaces(this, slots, changes, this.plan, catalogue, gate, failures, calls);
        this.tscFrequency = new TscFrequency(host, clock, slots, calls);
        this.state = new StateTransfer(this, own, clock, tscFrequency, calls);
        places.newcomers().attach(plan.attached());
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public FlagConfiguration configuration() {
        return plan.configuration();
    }

    @Override
    public GuestMemory memory() {
        return host.memory();
    }

    @Override
    public TscClock clock() {
        return clock;
    }

    @Override
    public CpuidTable cpuid() {
        return plan.cpuid();
    }

    /**
     * The VP is there only when every enlightenment has its part of it. If one fails, nothing has changed, and the next attempt goes on with the
     * parts that there are.
     */
    @Override
    public VpImpl addVp() {
        synchronized (changes) {
            if (closed || vps.length == MAX_VPS) {
                throw new IllegalStateException(closed ? "the partition is closed" : "it has " + MAX_VPS + " VPs");
            }
            HostPromises.checkVp(host, vps.length);
            if (nextVp == null) {
                nextVp = new VpImpl(this, host, vps.length, alarms, failures);
            }
            VpImpl vp = nextVp;
            VpImpl[] more = Arrays.copyOf(vps, vps.length + 1);
            more[vps.length] = vp;
            List<Tenant> tenants = tenants();
            Routes routes;
            try {
                routes = calls.whileOthersWait(steps -> {
                    for (Tenant tenant : tenants) {
                        tenant.addVps(more, steps);
                    }
                    return routes(vp, steps);
                });
            } catch (CallException e) {
                tenants.forEach(Tenant::dropHalfAdded);
                throw new IllegalStateException("VP %d cannot be added: %s".formatted(vp.index(), e.getMessage()), e);
            }
            places.all().forEach(Slot::vpAdded);
            vp.publish(routes, places.all());
            vps = more;
            nextVp = null;
            return vp;
        }
    }

    private List<Tenant> tenants() {
        return places.all().stream().map(Slot::tenant).filter(Objects::nonNull).toList();
    }

    /** The routes of a VP to who is in place now. */
    private Routes routes(VpImpl vp, Steps steps) throws CallException {
        Routes routes = ownRoutes();
        for (Slot slot : places.all()) {
            if (plan.isAnnounced() && slot.tenant() != null) {
                slot.tenant().addRoutes(routes, vp.index(), steps);
            } else if (plan.isAnnounced() && slot.isVacant()) {
                routes.add(slot.descriptor(), new VacantPlace(vp, places, slot));
            }
        }
        return routes;
    }

    /** What is there without any enlightenment. */
    private Routes ownRoutes() {
        Routes routes = new Routes(gate);
        if (plan.isAnnounced()) {
            for (MsrRange range : HypercallMsrs.DESCRIPTOR.msrs()) {
                routes.add(range.first(), range.access(), own);
            }
            UnofferedCalls.addTo(routes);
            plan.known().forEach(routes::know);
        }
        return routes;
    }

    /**
     * Works out every VP's routes with {@code successor} in the place of one whose surface it contains. Running what is given puts them in
     * place, which cannot fail. While every VP is stopped or at a safe point.
     */
    Runnable routesTo(Tenant successor, Steps steps) throws CallException {
        VpImpl[] all = vps;
        Routes[] routes = new Routes[all.length];
        for (int i = 0; i < all.length; i++) {
            routes[i] = new Routes(all[i].routes());
            if (plan.isAnnounced()) {
                successor.addRoutes(routes[i], i, steps);
            }
        }
        return publisher(all, routes);
    }

    /** The same where {@code left} is vacant or closed now. Nobody's code is called. */
    Runnable routesWithout(Slot left) {
        VpImpl[] all = vps;
        Routes[] routes = new Routes[all.length];
        for (int i = 0; i < all.length; i++) {
            routes[i] = ownRoutes();
            for (Slot slot : places.all()) {
                if (slot != left && !slot.isRemoved()) {
                    routes[i].copy(slot.descriptor(), all[i].routes());
                } else if (plan.isAnnounced() && slot.isVacant()) {
                    routes[i].add(slot.descriptor(), new VacantPlace(all[i], places, slot));
                }
            }
        }
        return publisher(all, routes);
    }

    private Runnable publisher(VpImpl[] all, Routes[] routes) {
        return () -> {
            for (int i = 0; i < all.length; i++) {
                all[i].publish(routes[i], places.all());
            }
        };
    }

    VpImpl[] vps() {
        return vps;
    }

    Gate gate() {
        return gate;
    }

    /** Whether hypercalls are decoded: Hyper-V is announced and the guest has introduced itself. */
    boolean takesHypercalls() {
        return plan.isAnnounced() && own.isGuestIdentified();
    }

    @Override
    public int vpCount() {
        return vps.length;
    }

    @Override
    public VpImpl vp(int index) {
        return vps[index];
    }

    @Override
    public void spinning(VirtualProcessor vp) {
        host.spinning(vp.index());
    }

    @Override
    public boolean flushTlb(VirtualProcessor caller, VpSet targets) {
        return host.flushTlb(caller.index(), targets);
    }

    @Override
    public void endTscEmulation() {
        tscFrequency.endEmulation();
    }

    @Override
    public void tscFrequencyChanged(long frequencyHz) {
        if (!TscFrequency.isPossible(frequencyHz)) {
            throw new IllegalArgumentException("TSC frequency %d Hz is not %d to %d Hz"
                    .formatted(frequencyHz, TscFrequency.LOWEST_HZ, TscFrequency.HIGHEST_HZ));
        }
        tscFrequency.changeTo(frequencyHz);
    }

    @Override
    public <T> Optional<T> service(String id, Class<T> type) {
        return slot(id).filter(slot -> slot.isVacant() || isOffered(slot.tenant(), type))
                .map(slot -> ServiceDoor.open(this, slot, type));
    }

    private static boolean isOffered(Tenant tenant, Class<?> type) {
        return tenant != null && type.isInstance(tenant.attachment());
    }

    /** The place of an enlightenment, if it was ever attached. */
    Optional<Slot> slot(String id) {
        return places.find(id);
    }

    void arriveAtSafePoint() {
        places.arriveAtSafePoint();
    }

    @Override
    public PartitionPlaces places() {
        return places;
    }

    Failures failures() {
        return failures;
    }

    boolean isClosed() {
        return closed;
    }

    void endOfInterrupt(int vp, int vector) {
        for (Slot slot : places.all()) {
            try {
                slot.vp(vp).endOfInterrupt(vector);
            } catch (Throwable e) {
                failures.onVp(slot.id(), Callback.END_OF_INTERRUPT, vp, e);
            }
        }
    }

    @Override
    public void raise(PowerEvent event) {
        power.record(event);
        try {
            host.power(event);
        } catch (Throwable e) {
            failures.record(Failures.HOST, Callback.POWER, e);
        }
        power.tell(event);
    }

    @Override
    public void listenerFailed(Throwable failure) {
        failures.record(Failures.LISTENER, Callback.RECEIVE, failure);
    }

    @Override
    public void addListener(PartitionListener listener) {
        power.add(listener);
    }

    /** @throws IllegalStateException if the state of one cannot be had; the guest may go on */
    @Override
    public SavedState save() {
        synchronized (changes) {
            try {
                return state.save();
            } catch (CallException e) {
                throw new IllegalStateException("the state cannot be saved: " + e.getMessage(), e);
            }
        }
    }

    @Override
    public void restore(SavedState saved) throws StateException {
        synchronized (changes) {
            try {
                state.restore(saved);
            } finally {
                alarms.clockMoved();
            }
        }
    }

    /** Every place is reset, whatever becomes of others. One that fails is put in place anew. */
    @Override
    public void reset() {
        synchronized (changes) {
            own.reset();
            // Who asked for emulation may be away, and is fresh when it comes back.
            tscFrequency.endEmulation();
            calls.forEachWhileOthersWait(
                    places.taken(),
                    Slot::reset,
                    (slot, told) -> places.swapper().renew(slot, List.of()));
            places.all().forEach(Slot::resetKept);
            places.newcomers().attachDeployed();
        }
    }

    @Override
    public PartitionDTO inspect() {
        RouteInspection routes = new RouteInspection(vps, places.all(), gate);
        return new PartitionDTO(
                id,
                host.name(),
                plan.flags().canonical().toString(),
                plan.configuration().enabled().stream().sorted().toList(),
                plan.configuration().enforcesCpuid(),
                vps.length,
                clock.now100ns(),
                own.guestOsId(),
                plan.cpuid(),
                routes.msrs(plan.isAnnounced()),
                routes.hypercalls(),
                routes.unroutedMsrs(),
                power.crashes());
    }

    @Override
    public void stopping() {
        places.stopWaiting();
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        try {
            alarms.close();
            for (VpImpl vp : vps) {
                vp.close();
            }
            places.close();
        } finally {
            onClose.accept(this);
        }
    }
}
