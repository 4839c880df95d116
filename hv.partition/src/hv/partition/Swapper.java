package hv.partition;

import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.api.dto.SwapDTO;
import hv.api.dto.SwapDTO.Kind;
import hv.partition.failure.BundleCalls;
import hv.partition.failure.BundleCalls.Steps;
import hv.partition.failure.CallException;
import hv.partition.failure.Callback;
import hv.partition.failure.Failures;
import hv.partition.failure.OverdueException;
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
 * <p>The code of bundles is called with a limit ({@link BundleCalls}), so VPs wait for a bounded time whatever it does.
 *
 * <p>One call at a time, which {@link PartitionImpl} sees to.
 */
final class Swapper {
    private final PartitionImpl partition;
    private final List<Slot> slots;
    private final SafePoint safePoint;
    private final Surface surface;
    private final Failures failures;
    private final BundleCalls calls;
    private final SwapHistory history;
    private final CatchUp catchUp;
    private final Rehearsals rehearsals;

    Swapper(
            PartitionImpl partition,
            List<Slot> slots,
            SafePoint safePoint,
            Surface surface,
            Failures failures,
            BundleCalls calls,
            SwapHistory history) {
        this.partition = partition;
        this.slots = slots;
        this.safePoint = safePoint;
        this.surface = surface;
        this.failures = failures;
        this.calls = calls;
        this.history = history;
        this.catchUp = new CatchUp(slots, calls);
        this.rehearsals = new Rehearsals(partition, calls);
    }

    /** For what is about to be done here, before the lock for changes is taken. */
    Rehearsals rehearsals() {
        return rehearsals;
    }

    /** {@code next} takes the place: from whoever is in it, with the state that it keeps, or, if it was closed, fresh. */
    SwapDTO settle(Slot slot, Catalogue.Entry next) {
        Kind kind = slot.tenant() != null ? Kind.SWAP : slot.isVacant() ? Kind.FILL : Kind.ADD;
        SwapHistory.Change change =
                history.begin(kind, slot.id(), kind == Kind.SWAP ? slot.origin() : "", next.origin());
        List<Slot> others = new ArrayList<>(slots);
        others.remove(slot);
        Tenant successor;
        try {
            Optional<String> misfit = surface.misfit(slot, next, others);
            if (misfit.isPresent()) {
                return change.failed(next.origin() + " cannot follow " + slot.origin() + ": " + misfit.get());
            }
            rehearsals.pass(next);
            successor = calls.whileOthersWait(steps -> Tenant.attach(next, partition, steps));
        } catch (CallException e) {
            return change.failed(e.getMessage());
        }
        try {
            long pause = atSafePoint(slot, () -> handOver(slot, successor, change));
            return change.done(pause, outcome(kind));
        } catch (SwapException e) {
            return change.failed(e.getMessage());
        } finally {
            if (slot.tenant() != successor) {
                successor.release(calls);
            }
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
        long limitNanos = calls.limits().waiting().toNanos();
        try {
            return safePoint.run(partition.vps(), limitNanos, () -> slot.exclusively(limitNanos, work));
        } catch (SwapException e) {
            if (e.getCause() instanceof OverdueException overdue) {
                if (e.isOfVp()) {
                    failures.onVp(HypercallMsrs.ID, Callback.SAFE_POINT, e.vp(), overdue);
                } else {
                    failures.record(slot.id(), Callback.SERVICE, overdue);
                }
            }
            throw e;
        } catch (Throwable e) {
            throw SwapException.of("the change", e);
        }
    }

    /** What is worked out at the safe point before anything is changed. */
    private record Prepared(Slot.Kept state, Runnable publish) {}

    private void handOver(Slot slot, Tenant successor, SwapHistory.Change change) throws SwapException {
        Tenant predecessor = slot.tenant();
        Prepared prepared;
        try {
            prepared = calls.whileOthersWait(steps -> {
                Slot.Kept state = predecessor == null ? slot.kept() : stateOf(predecessor, steps);
                return new Prepared(state, takeOver(successor, state, steps));
            });
        } catch (CallException e) {
            throw new SwapException(e.getMessage(), e);
        }
        if (prepared.state != null) {
            change.stateBytes(prepared.state.bytes());
        }
        slot.settle(successor);
        prepared.publish.run();
        if (predecessor != null) {
            predecessor.release(calls);
        } else {
            catchUp.with(slot);
        }
    }

    private Slot.Kept stateOf(Tenant tenant, Steps steps) throws CallException {
        List<Section> sections = TenantState.save(tenant, partition.vpCount(), steps);
        return new Slot.Kept(sections, List.of(), tenant.handOver(steps));
    }

    /** Has {@code successor} go on with a state, or, with null, begin; gives what publishes its routes. */
    private Runnable takeOver(Tenant successor, Slot.Kept state, Steps steps) throws Throwable {
        successor.addVps(partition.vps(), steps);
        if (state != null) {
            restore(successor, state.sections(), steps);
            successor.takeOver(state.handedOver(), steps);
        }
        return partition.routesTo(successor, steps);
    }

    /** Without any section the state was lost, and what was just attached is fresh already. */
    private void restore(Tenant successor, List<Section> sections, Steps steps) throws StateException, CallException {
        if (!sections.isEmpty()) {
            Map<String, Section> rest = new HashMap<>(TenantState.byPlace(sections));
            TenantState.restore(rest, successor, partition.vpCount(), steps);
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
            Slot.Kept state = calls.whileOthersWait(steps -> stateOf(leaving, steps));
            change.stateBytes(state.bytes());
            return new Slot.Kept(state.sections(), fresh, state.handedOver());
        } catch (CallException told) {
            change.stateLost();
            return new Slot.Kept(fresh, fresh, Map.of());
        }
    }

    /** What a reset would give: the state of another one that is attached for a moment. */
    private List<Section> fresh(Tenant leaving) {
        Tenant model = null;
        try {
            Tenant attached = calls.whileOthersWait(steps -> Tenant.attach(leaving.entry(), partition, steps));
            model = attached;
            return calls.whileOthersWait(steps -> {
                attached.addVps(partition.vps(), steps);
                return TenantState.save(attached, partition.vpCount(), steps);
            });
        } catch (CallException told) {
            return List.of();
        } finally {
            if (model != null) {
                model.release(calls);
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
        partition.routesWithout(slot).run();
        if (leaving != null) {
            leaving.release(calls);
        }
    }

    /**
     * Replaces one whose state is not known any more, since it has failed in taking one, by a fresh one of the same version that takes it. If
     * that fails too, the place is vacant until a version comes that works. While every VP is stopped.
     *
     * @param sections the state; empty for that after a reset
     */
    void renew(Slot slot, List<Section> sections) {
        Tenant failed = slot.tenant();
        SwapHistory.Change change = history.begin(Kind.SWAP, slot.id(), slot.origin(), slot.origin());
        Map<String, Object> handedOver = handedOverBy(failed);
        Slot.Kept state = new Slot.Kept(sections, List.of(), handedOver);
        Tenant next = null;
        try {
            Tenant attached = calls.whileOthersWait(steps -> Tenant.attach(failed.entry(), partition, steps));
            next = attached;
            Runnable publish = calls.whileOthersWait(steps -> takeOver(attached, state, steps));
            slot.settle(attached);
            publish.run();
            failed.release(calls);
            change.done(0, "has failed, and was put in place anew");
        } catch (CallException e) {
            leaveWithDependents(slot, state);
            change.failed(e.getMessage() + "; the place is vacant until a version comes that works");
        } finally {
            if (next != null && slot.tenant() != next) {
                next.release(calls);
            }
        }
    }

    private void leaveWithDependents(Slot slot, Slot.Kept state) {
        for (Slot dependent : RequiresOrder.withDependents(slot, slots).reversed()) {
            if (dependent != slot && dependent.tenant() != null) {
                SwapHistory.Change change = history.begin(Kind.VACATE, dependent.id(), dependent.origin(), "");
                leave(dependent, keep(dependent, change));
                change.done(0, "vacant, since it requires hv-" + slot.id());
            }
        }
        leave(slot, state);
    }

    private Map<String, Object> handedOverBy(Tenant leaving) {
        try {
            return calls.whileOthersWait(leaving::handOver);
        } catch (CallException told) {
            return Map.of();
        }
    }
}
