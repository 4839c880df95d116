package hv.partition;

import hv.api.CpuidTable;
import hv.api.GuestMemory;
import hv.api.PowerEvent;
import hv.api.SavedState;
import hv.api.StateException;
import hv.api.VpSet;
import hv.api.dto.PartitionDTO;
import hv.api.enlightenment.VirtualProcessor;
import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.Host;
import hv.api.host.ManualClock;
import hv.api.host.PartitionListener;
import hv.partition.failure.BundleCalls;
import hv.partition.failure.CallException;
import hv.partition.failure.Callback;
import hv.partition.failure.Failures;
import hv.partition.news.Audience;
import hv.partition.news.Messenger;
import hv.partition.news.PartitionNews;
import hv.partition.places.PartitionPlaces;
import hv.partition.places.Place;
import hv.partition.places.PlaceList;
import hv.partition.places.StateTransfer;
import hv.partition.places.Surroundings;
import hv.partition.places.Tenant;
import hv.partition.places.TscFrequency;
import hv.partition.plan.Catalogue;
import hv.partition.plan.FlagConfiguration;
import hv.partition.plan.Gate;
import hv.partition.plan.Plan;
import hv.partition.vp.AlarmClock;
import hv.partition.vp.AlarmThread;
import hv.partition.vp.HypercallMsrs;
import hv.partition.vp.RouteInspection;
import hv.partition.vp.Routes;
import hv.partition.vp.TscClock;
import hv.partition.vp.VpImpl;
import hv.partition.vp.VpPartition;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A guest: its places, its VPs, its clock. Enlightenments see it as {@link hv.api.enlightenment.Partition}, the VMM as
 * {@link GuestPartition}.
 *
 * <p>Built before its VPs run; afterwards the list of VPs is immutable and everything here may be called from any
 * thread, except what {@link GuestPartition} reserves for a stopped partition.
 */
final class PartitionImpl implements VpPartition, GuestPartition {
    private final int id;
    private final Plan plan;
    private final Host host;
    private final Consumer<PartitionImpl> onClose;
    private final TscClock clock;
    private final TscFrequency tscFrequency;
    private final Gate gate;
    private final AlarmClock alarms;
    private final HypercallMsrs own;
    private final PlaceList placeList = new PlaceList();
    private final PartitionPlaces places;
    private final Failures failures;
    private final BundleCalls calls;
    private final StateTransfer state;
    private final PowerLog power;
    private final Audience listeners;
    private final PartitionNews news;

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
            Audience everybody,
            Messenger messenger,
            AlarmThread alarmThread,
            Consumer<PartitionImpl> onClose)
            throws ConfigurationException {
        this.id = id;
        this.plan = plan.carriedOut();
        this.host = host;
        this.onClose = onClose;
        this.failures = new Failures("partition " + id, new Owners(placeList.all()));
        this.calls = catalogue.calls().toldTo(failures);
        this.gate = new Gate(plan.cpuid(), plan.configuration().enforcesCpuid());
        this.clock = new TscClock(host);
        this.alarms = new AlarmClock(clock, ManualClock.of(host), failures, alarmThread);
        this.own = new HypercallMsrs(host.memory(), host.hypercallPage());
        this.power = new PowerLog(id);
        this.listeners = new Audience(messenger);
        this.news = new PartitionNews(this, everybody, listeners, failures);
        Surroundings surroundings = new Surroundings(this, placeList, gate, failures, news);
        this.places = new PartitionPlaces(
                surroundings, placeList, own, this::vps, this.plan, catalogue, calls, changes, this::isClosed);
        this.tscFrequency = new TscFrequency(host, clock, placeList, calls);
        this.state = new StateTransfer(placeList, places.router(), places.swapper(), own, clock, tscFrequency, calls);
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
    public long referenceTime100ns() {
        return clock.now100ns();
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
     * The VP is there only when every enlightenment has its part of it. If one fails, nothing has changed, and the next
     * attempt goes on with the parts that there are.
     */
    @Override
    public VpImpl addVp() {
        synchronized (changes) {
            if (closed || vps.length == VpSet.MAX_VPS) {
                throw new IllegalStateException(
                        closed ? "the partition is closed" : "it has " + VpSet.MAX_VPS + " VPs");
            }
            HostPromises.checkVp(host, vps.length);
            if (nextVp == null) {
                nextVp = new VpImpl(this, host, vps.length, alarms, failures, places.safePoint());
            }
            VpImpl vp = nextVp;
            VpImpl[] more = Arrays.copyOf(vps, vps.length + 1);
            more[vps.length] = vp;
            List<Tenant> tenants = placeList.tenants();
            Routes routes;
            try {
                routes = calls.whileOthersWait(steps -> {
                    for (Tenant tenant : tenants) {
                        tenant.addVps(more, steps);
                    }
                    return places.router().routes(vp, steps);
                });
            } catch (CallException e) {
                tenants.forEach(Tenant::dropHalfAdded);
                throw new IllegalStateException("VP %d cannot be added: %s".formatted(vp.index(), e.getMessage()), e);
            }
            placeList.all().forEach(Place::vpAdded);
            vp.publish(routes);
            vps = more;
            nextVp = null;
            return vp;
        }
    }

    VpImpl[] vps() {
        return vps;
    }

    @Override
    public boolean takesHypercalls() {
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
        return placeList
                .find(id)
                .filter(place -> place.isVacant() || isOffered(place.tenant(), type))
                .map(place -> places.door(place, type));
    }

    private static boolean isOffered(Tenant tenant, Class<?> type) {
        return tenant != null && type.isInstance(tenant.attachment());
    }

    @Override
    public PartitionPlaces places() {
        return places;
    }

    PartitionNews news() {
        return news;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void endOfInterrupt(int vp, int vector) {
        for (Place place : placeList.all()) {
            try {
                place.vp(vp).endOfInterrupt(vector);
            } catch (Throwable e) {
                failures.onVp(place.id(), Callback.END_OF_INTERRUPT, vp, e);
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
        news.power(event);
    }

    @Override
    public void listenerFailed(Throwable failure) {
        failures.record(Failures.LISTENER, Callback.RECEIVE, failure);
    }

    @Override
    public void addListener(PartitionListener listener) {
        listeners.add(listener, List.of());
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
                    placeList.taken(),
                    Place::reset,
                    (place, told) -> places.swapper().renew(place, List.of()));
            placeList.all().forEach(Place::resetKept);
            places.newcomers().attachDeployed();
        }
    }

    @Override
    public PartitionDTO inspect() {
        RouteInspection routes = new RouteInspection(
                vps, placeList.all().stream().map(Place::descriptor).toList(), gate);
        return Inspection.of(this, plan, host.name(), own.guestOsId(), routes, power);
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
