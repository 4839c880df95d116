package hv.partition;

import hv.api.GuestMemory;
import hv.api.MsrRange;
import hv.api.Partition;
import hv.api.SavedState;
import hv.api.StateException;
import hv.api.VirtualProcessor;
import hv.api.VpSet;
import hv.api.dto.PartitionDTO;
import hv.api.host.CpuidTable;
import hv.api.host.CrashReport;
import hv.api.host.GuestPartition;
import hv.api.host.Host;
import hv.api.host.PartitionListener;
import hv.api.host.PowerEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
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
    static final int MAX_CRASHES = 16;

    private static final System.Logger LOG = System.getLogger("hv.partition");

    private final int id;
    private final Plan plan;
    private final Host host;
    private final Consumer<PartitionImpl> onClose;
    private final List<PartitionListener> serviceListeners;
    private final List<PartitionListener> listeners = new CopyOnWriteArrayList<>();
    private final TscClock clock;
    private final TscFrequency tscFrequency;
    private final Gate gate;
    private final AlarmClock alarms;
    private final HypercallMsrs own;
    private final List<Slot> slots = new ArrayList<>();
    private final Failures failures;
    private final StateTransfer state;
    private final Deque<CrashReport> crashes = new ArrayDeque<>();
    private long powerEvents;
    private volatile VpImpl[] vps = {};
    private volatile boolean closed;

    PartitionImpl(
            int id, Plan plan, Host host, List<PartitionListener> serviceListeners, Consumer<PartitionImpl> onClose) {
        this.id = id;
        this.plan = plan;
        this.host = host;
        this.serviceListeners = serviceListeners;
        this.onClose = onClose;
        this.failures = new Failures("partition " + id);
        this.gate = new Gate(plan.cpuid(), plan.configuration().enforcesCpuid());
        this.clock = new TscClock(host);
        this.alarms = new AlarmClock(clock, host.isClockManual(), "hv-alarms-" + id, failures);
        this.own = new HypercallMsrs(host.memory(), host.hypercallPage());
        this.tscFrequency = new TscFrequency(host, clock, slots);
        this.state = new StateTransfer(own, clock, tscFrequency, slots);
        for (Catalogue.Entry entry : plan.attached()) {
            slots.add(new Slot(entry.enlightenment(), this));
        }
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

    @Override
    public synchronized VpImpl addVp() {
        if (closed || vps.length == MAX_VPS) {
            throw new IllegalStateException(closed ? "the partition is closed" : "it has " + MAX_VPS + " VPs");
        }
        VpImpl vp = new VpImpl(this, host, vps.length, alarms, failures);
        VpImpl[] next = java.util.Arrays.copyOf(vps, vps.length + 1);
        next[vps.length] = vp;
        vps = next;
        for (Slot slot : slots) {
            slot.addVp(vp);
        }
        vp.publish(routes(vp.index()), slots);
        return vp;
    }

    private Routes routes(int vp) {
        Routes routes = new Routes(gate);
        if (plan.isAnnounced()) {
            for (MsrRange range : HypercallMsrs.DESCRIPTOR.msrs()) {
                routes.add(range.first(), range.access(), own);
            }
            UnofferedCalls.addTo(routes);
            plan.known().forEach(routes::know);
            slots.forEach(slot -> routes.add(slot, vp));
        }
        return routes;
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
        return slot(id).map(Slot::attachment).filter(type::isInstance).map(type::cast);
    }

    /** The slot of an enlightenment, if it is attached. */
    Optional<Slot> slot(String id) {
        return slots.stream().filter(slot -> slot.descriptor().id().equals(id)).findFirst();
    }

    void endOfInterrupt(int vp, int vector) {
        for (Slot slot : slots) {
            try {
                slot.vp(vp).endOfInterrupt(vector);
            } catch (RuntimeException e) {
                failures.record("end of interrupt in " + slot.descriptor().id(), e);
            }
        }
    }

    @Override
    public void raise(PowerEvent event) {
        synchronized (crashes) {
            powerEvents++;
            if (event instanceof PowerEvent.Crash crash) {
                if (crashes.size() == MAX_CRASHES) {
                    crashes.removeFirst();
                }
                crashes.addLast(crash.report());
            }
            // A guest may crash in a loop; the log must not grow with it.
            if (powerEvents <= MAX_CRASHES || Failures.isPowerOfTen(powerEvents)) {
                LOG.log(System.Logger.Level.WARNING, "partition {0}: {1}", id, describe(event));
            }
        }
        host.power(event);
        tell(serviceListeners, event);
        tell(listeners, event);
    }

    private static String describe(PowerEvent event) {
        return switch (event) {
            case PowerEvent.Reset reset -> "VP " + reset.vp() + " asks for a reset";
            case PowerEvent.Crash crash ->
                "VP %d: Guest crashed, HV crash parameters: %s"
                        .formatted(crash.vp(), crash.report().parameters());
        };
    }

    private void tell(List<PartitionListener> audience, PowerEvent event) {
        for (PartitionListener listener : audience) {
            try {
                listener.power(this, event);
            } catch (RuntimeException e) {
                failures.record("a listener", e);
            }
        }
    }

    @Override
    public void addListener(PartitionListener listener) {
        listeners.add(listener);
    }

    @Override
    public SavedState save() {
        return state.save();
    }

    @Override
    public void restore(SavedState saved) throws StateException {
        try {
            state.restore(saved);
        } finally {
            alarms.clockMoved();
        }
    }

    @Override
    public void reset() {
        own.reset();
        slots.forEach(Slot::reset);
    }

    @Override
    public PartitionDTO inspect() {
        List<CrashReport> reports;
        synchronized (crashes) {
            reports = List.copyOf(crashes);
        }
        RouteInspection routes = new RouteInspection(vps, slots, gate);
        return new PartitionDTO(
                id,
                host.name(),
                plan.flags().canonical(),
                plan.configuration().enabled().stream().sorted().toList(),
                plan.configuration().enforcesCpuid(),
                vps.length,
                clock.now100ns(),
                own.guestOsId(),
                plan.cpuid(),
                routes.msrs(plan.isAnnounced()),
                routes.hypercalls(),
                routes.unroutedMsrs(),
                reports);
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        alarms.close();
        for (VpImpl vp : vps) {
            vp.close();
        }
        for (Slot slot : slots) {
            try {
                slot.attachment().close();
            } catch (RuntimeException e) {
                failures.record("closing " + slot.descriptor().id(), e);
            }
        }
        onClose.accept(this);
    }
}
