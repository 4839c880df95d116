package hv.partition;

import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.api.dto.SwapDTO;
import hv.api.dto.SwapDTO.Kind;
import hv.partition.failure.Callback;
import hv.partition.failure.Failures;
import hv.partition.plan.Catalogue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Changes what is in the places of a running partition: one version takes over from another, leaves, comes back, is taken out.
 *
 * <p>Make before break: the successor is attached beside the one in place while the guest runs. Then every VP comes to a safe point and
 * host-side code comes out; the state goes over; the routes to the successor are worked out; and only when nothing can fail any
 * more is it put in place and its predecessor released. A failure before that releases the successor, and the one in place
 * has noticed nothing but that it was asked for its state.
 *
 * <p>One call at a time, which {@link PartitionImpl} sees to.
 */
final class Swapper {
    /** How long VPs may take to come to a safe point, and host-side code to come out. */
    private static final long LIMIT_NANOS = 2_000_000_000L;

    private final PartitionImpl partition;
    private final List<Slot> slots;
    private final SafePoint safePoint;
    private final Surface surface;
    private final Failures failures;
    private final SwapHistory history;
    private final CatchUp catchUp;

    Swapper(
            PartitionImpl partition,
            List<Slot> slots,
            SafePoint safePoint,
            Surface surface,
            Failures failures,
            SwapHistory history) {
        this.partition = partition;
        this.slots = slots;
        this.safePoint = safePoint;
        this.surface = surface;
        this.failures = failures;
        this.history = history;
        this.catchUp = new CatchUp(slots, failures);
    }

    /** {@code next} takes the place: from whoever is in it, with the state that it keeps, or, if it was closed, fresh. */
    SwapDTO settle(Slot slot, Catalogue.Entry next) {
        Kind kind = slot.tenant() != null ? Kind.SWAP : slot.isVacant() ? Kind.FILL : Kind.ADD;
        SwapHistory.Change change =
                history.begin(kind, slot.id(), kind == Kind.SWAP ? slot.origin() : "", next.origin());
        List<Slot> others = new ArrayList<>(slots);
        others.remove(slot);
        Optional<String> misfit = surface.misfit(slot, next, others);
        if (misfit.isPresent()) {
            return change.failed(next.origin() + " cannot follow " + slot.origin() + ": " + misfit.get());
        }
        Tenant successor;
        try {
            Tenant.rehearse(next, partition);
            successor = Tenant.attach(next, partition);
        } catch (Throwable e) {
            return change.failed(
                    SwapException.of("attaching " + next.origin(), e).getMessage());
        }
        try {
            long pause = atSafePoint(slot, () -> handOver(slot, successor, change));
            return change.done(pause, outcome(kind));
        } catch (SwapException e) {
            successor.release(failures);
            return change.failed(e.getMessage());
        }
    }

    private static String outcome(Kind kind) {
        return switch (kind) {
            case SWAP -> "took over";
            case FILL -> "took the vacant place";
            default -> "in place, fresh";
        };
    }

    private long atSafePoint(Slot slot, SafePoint.Work work) throws SwapException {
        return safePoint.run(partition.vps(), LIMIT_NANOS, () -> slot.exclusively(LIMIT_NANOS, work));
    }

    private void handOver(Slot slot, Tenant successor, SwapHistory.Change change) throws SwapException {
        Tenant predecessor = slot.tenant();
        Slot.Kept state = predecessor == null ? slot.kept() : stateOf(predecessor);
        Runnable publish;
        try {
            for (VpImpl vp : partition.vps()) {
                successor.addVp(vp);
            }
            if (state != null) {
                change.stateBytes(state.bytes());
                restore(successor, state.sections());
                successor.attachment().takeOver(state.handedOver());
            }
            publish = partition.routesTo(successor);
        } catch (Throwable e) {
            throw SwapException.of("taking over by " + successor.entry().origin(), e);
        }
        slot.settle(successor);
        publish.run();
        if (predecessor != null) {
            predecessor.release(failures);
        } else {
            catchUp.with(slot);
        }
    }

    private static Slot.Kept stateOf(Tenant tenant) throws SwapException {
        try {
            List<Section> sections = TenantState.save(tenant);
            return new Slot.Kept(
                    sections, List.of(), Map.copyOf(tenant.attachment().handOver()));
        } catch (Throwable e) {
            throw SwapException.of("saving the state of " + tenant.entry().origin(), e);
        }
    }

    /** Without any section the state was lost, and what was just attached is fresh already. */
    private static void restore(Tenant successor, List<Section> sections) throws StateException {
        if (!sections.isEmpty()) {
            Map<String, Section> rest = new HashMap<>(TenantState.byPlace(sections));
            TenantState.restore(rest, successor);
            TenantState.refuseRest(rest);
        }
    }

    /** Whoever is in {@code slot} leaves; the place keeps the state for a successor. */
    SwapDTO vacate(Slot slot) {
        SwapHistory.Change change = history.begin(Kind.VACATE, slot.id(), slot.origin(), "");
        try {
            long pause = atSafePoint(slot, () -> leave(slot, keep(slot, change)));
            boolean isLost = change.isStateLost();
            return change.done(pause, isLost ? "vacant; the state could not be saved" : "vacant; the state is kept");
        } catch (SwapException e) {
            return change.failed(e.getMessage() + "; it stays in place until a successor comes");
        }
    }

    private Slot.Kept keep(Slot slot, SwapHistory.Change change) {
        Tenant leaving = slot.tenant();
        List<Section> fresh = fresh(leaving);
        try {
            Slot.Kept state = stateOf(leaving);
            change.stateBytes(state.bytes());
            return new Slot.Kept(state.sections(), fresh, state.handedOver());
        } catch (SwapException e) {
            failures.record(slot.id(), Callback.SAVE, e.getCause());
            change.stateLost();
            return new Slot.Kept(fresh, fresh, Map.of());
        }
    }

    /** What a reset would give: the state of another one that is attached for a moment. */
    private List<Section> fresh(Tenant leaving) {
        Tenant model = null;
        try {
            model = Tenant.attach(leaving.entry(), partition);
            for (VpImpl vp : partition.vps()) {
                model.addVp(vp);
            }
            return TenantState.save(model);
        } catch (Throwable e) {
            failures.record(leaving.entry().id(), Callback.ATTACH, e);
            return List.of();
        } finally {
            if (model != null) {
                model.release(failures);
            }
        }
    }

    /** Takes whoever is in {@code slot} out for good. */
    SwapDTO remove(Slot slot) {
        SwapHistory.Change change = history.begin(Kind.REMOVE, slot.id(), slot.origin(), "");
        try {
            return change.done(atSafePoint(slot, () -> leave(slot, null)), "taken out");
        } catch (SwapException e) {
            return change.failed(e.getMessage());
        }
    }

    private void leave(Slot slot, Slot.Kept kept) {
        Tenant leaving = slot.tenant();
        slot.leave(kept);
        partition.routesAnew().run();
        if (leaving != null) {
            leaving.release(failures);
        }
    }
}
