package hv.partition.places;

import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.api.dto.SwapDTO;
import hv.api.dto.SwapDTO.Kind;
import hv.api.machine.StateSections;
import hv.partition.failure.BundleCalls;
import hv.partition.failure.BundleCalls.Steps;
import hv.partition.failure.CallException;
import hv.partition.failure.Callback;
import hv.partition.failure.Failures;
import hv.partition.failure.OverdueException;
import hv.partition.plan.Catalogue;
import hv.partition.vp.HypercallMsrs;
import hv.partition.vp.SafePoint;
import hv.partition.vp.SwapException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Changes what is in the places of a running partition: one version takes over from another, leaves, comes back, is
 * taken out.
 *
 * <p>Make before break: the successor is attached beside the one in place, and gets its part of each VP, while the
 * guest runs. Then every VP comes to a safe point and host-side code comes out; the state goes over; and only when
 * nothing can fail any more is it put in place, and what its predecessor holds of the VPs is taken back. The
 * predecessor is closed when the VPs run again. A failure before that releases the successor, and the one in place has
 * noticed nothing but that it was asked for its state.
 *
 * <p>The code of bundles is called with a limit ({@link BundleCalls}), so VPs wait for a bounded time whatever it does.
 *
 * <p>One call at a time, which the partition's lock for changes sees to.
 */
public final class Swapper {
    private final Surroundings surroundings;
    private final PlaceList places;
    private final Router router;
    private final SafePoint safePoint;
    private final Surface surface;
    private final Failures failures;
    private final BundleCalls calls;
    private final SwapHistory history;
    private final CatchUp catchUp;

    Swapper(
            Surroundings surroundings,
            PlaceList places,
            Router router,
            SafePoint safePoint,
            Surface surface,
            BundleCalls calls,
            SwapHistory history) {
        this.surroundings = surroundings;
        this.places = places;
        this.router = router;
        this.safePoint = safePoint;
        this.surface = surface;
        this.failures = surroundings.failures();
        this.calls = calls;
        this.history = history;
        this.catchUp = new CatchUp(places, calls);
    }

    /** For a change that is about to be made here, before the lock for changes is taken. */
    Candidates candidates() {
        return new Candidates(surroundings, places, surface, calls);
    }

    /**
     * {@code next} takes the place: from whoever is in it, with the state that it keeps, or, if it was closed, fresh.
     */
    SwapDTO settle(Place place, Catalogue.Entry next, Candidates candidates) {
        Kind kind = place.tenant() != null ? Kind.SWAP : place.isVacant() ? Kind.FILL : Kind.ADD;
        SwapHistory.Change change =
                history.begin(kind, place.id(), kind == Kind.SWAP ? place.origin() : "", next.origin());
        List<Place> others = new ArrayList<>(places.all());
        others.remove(place);
        Optional<String> misfit = surface.misfit(place, next, others);
        if (misfit.isPresent()) {
            return change.failed(misfit(place, next, misfit.get()));
        }
        Candidates.Ready ready;
        try {
            ready = candidates.take(next);
        } catch (CallException e) {
            return change.failed(e.getMessage());
        }
        Tenant successor = ready.tenant();
        try {
            misfit = surface.misfit(place, ready.offers());
            if (misfit.isPresent()) {
                return change.failed(misfit(place, next, misfit.get()));
            }
            Runnable publish = besides(successor);
            Tenant predecessor = place.tenant();
            long pause = atSafePoint(place, () -> handOver(place, successor, publish, change));
            closeIfAny(predecessor);
            return change.done(pause, outcome(kind));
        } catch (CallException | SwapException e) {
            return change.failed(e.getMessage());
        } finally {
            if (place.tenant() != successor) {
                candidates.giveBack(successor);
            }
        }
    }

    private static String misfit(Place place, Catalogue.Entry next, String why) {
        return next.origin() + " cannot follow " + place.origin() + ": " + why;
    }

    private static String outcome(Kind kind) {
        return switch (kind) {
            case SWAP -> "took over";
            case FILL -> "took the vacant place";
            default -> "in place, fresh";
        };
    }

    private long atSafePoint(Place place, SafePoint.Work work) throws SwapException {
        long limitNanos = calls.limits().waiting().toNanos();
        try {
            return safePoint.run(router.vps(), limitNanos, () -> place.exclusively(limitNanos, work));
        } catch (SwapException e) {
            if (e.getCause() instanceof OverdueException overdue) {
                if (e.isOfVp()) {
                    failures.onVp(HypercallMsrs.ID, Callback.SAFE_POINT, e.vp(), overdue);
                } else {
                    failures.record(place.id(), Callback.SERVICE, overdue);
                }
            }
            throw e;
        } catch (Throwable e) {
            throw SwapException.of("the change", e);
        }
    }

    /**
     * Gives a successor its part of each VP, beside the one in place, while the guest runs; gives what publishes the
     * routes to it. Neither VPs nor others' routes change meanwhile, since both do so under the lock for changes.
     */
    private Runnable besides(Tenant successor) throws CallException {
        return calls.whileOthersWait(steps -> {
            successor.addVps(router.vps(), steps);
            return router.routesTo(successor, steps);
        });
    }

    private void handOver(Place place, Tenant successor, Runnable publish, SwapHistory.Change change)
            throws SwapException {
        Tenant predecessor = place.tenant();
        Place.Kept state;
        try {
            state = calls.whileOthersWait(steps -> {
                Place.Kept kept = predecessor == null ? place.kept() : stateOf(predecessor, steps);
                takeOver(successor, kept, steps);
                return kept;
            });
        } catch (CallException e) {
            throw new SwapException(e.getMessage(), e);
        }
        if (state != null) {
            change.stateBytes(state.bytes());
        }
        place.settle(successor);
        publish.run();
        if (predecessor != null) {
            predecessor.takeBackLeases();
        } else {
            catchUp.with(place);
        }
    }

    /** Closes who has left a place, which no VP has to wait for: it reaches none any more. */
    private void closeIfAny(Tenant left) {
        if (left != null) {
            left.closeReleased(calls);
        }
    }

    private Place.Kept stateOf(Tenant tenant, Steps steps) throws CallException {
        List<Section> sections = TenantState.save(tenant, router.vpCount(), steps);
        return new Place.Kept(sections, List.of(), tenant.handOver(steps));
    }

    /** Has {@code successor} go on with a state, or, with null, begin. */
    private void takeOver(Tenant successor, Place.Kept state, Steps steps) throws Throwable {
        if (state != null) {
            restore(successor, state.sections(), steps);
            successor.takeOver(state.handedOver(), steps);
        }
    }

    /** Without any section the state was lost, and what was just attached is fresh already. */
    private void restore(Tenant successor, List<Section> sections, Steps steps) throws StateException, CallException {
        if (!sections.isEmpty()) {
            StateSections rest = TenantState.byPlace(sections);
            TenantState.restore(rest, successor, router.vpCount(), steps);
            rest.end();
        }
    }

    /** Whoever is in {@code place} leaves; the place keeps the state for a successor. */
    SwapDTO vacate(Place place) {
        SwapHistory.Change change = history.begin(Kind.VACATE, place.id(), place.origin(), "");
        try {
            Tenant leaving = place.tenant();
            long pause = atSafePoint(place, () -> leave(place, keep(place, change)));
            closeIfAny(leaving);
            boolean isLost = change.isStateLost();
            return change.done(pause, isLost ? "vacant; the state could not be saved" : "vacant; the state is kept");
        } catch (SwapException e) {
            return change.failed(e.getMessage() + "; it stays in place until a successor comes");
        }
    }

    private Place.Kept keep(Place place, SwapHistory.Change change) {
        Tenant leaving = place.tenant();
        List<Section> fresh = fresh(leaving);
        try {
            Place.Kept state = calls.whileOthersWait(steps -> stateOf(leaving, steps));
            change.stateBytes(state.bytes());
            return new Place.Kept(state.sections(), fresh, state.handedOver());
        } catch (CallException told) {
            change.stateLost();
            return new Place.Kept(fresh, fresh, Map.of());
        }
    }

    /** What a reset would give: the state of another one that is attached for a moment. */
    private List<Section> fresh(Tenant leaving) {
        Tenant model = null;
        try {
            Tenant attached = calls.whileOthersWait(steps -> Tenant.attach(leaving.entry(), surroundings, steps));
            model = attached;
            return calls.whileOthersWait(steps -> {
                attached.addVps(router.vps(), steps);
                return TenantState.save(attached, router.vpCount(), steps);
            });
        } catch (CallException told) {
            return List.of();
        } finally {
            if (model != null) {
                model.release(calls);
            }
        }
    }

    /** Takes whoever is in {@code place} out for good. */
    SwapDTO remove(Place place) {
        SwapHistory.Change change = history.begin(Kind.REMOVE, place.id(), place.origin(), "");
        try {
            Tenant leaving = place.tenant();
            long pause = atSafePoint(place, () -> leave(place, null));
            closeIfAny(leaving);
            return change.done(pause, "taken out");
        } catch (SwapException e) {
            return change.failed(e.getMessage());
        }
    }

    private void leave(Place place, Place.Kept kept) {
        Tenant leaving = place.tenant();
        place.leave(kept);
        router.routesWithout(place).run();
        if (leaving != null) {
            leaving.takeBackLeases();
        }
    }

    /**
     * Who is in {@code place} has taken a state that was saved while the place was vacant: it is told what it would
     * have been told, and the others that it is there. While every VP is stopped.
     */
    void makeUpFor(Place place, Missed missed) {
        place.hasMissed(missed);
        catchUp.with(place);
    }

    /**
     * Replaces one whose state is not known any more, since it has failed in taking one, by a fresh one of the same
     * version that takes it. If that fails too, the place is vacant until a version comes that works. While every VP is
     * stopped.
     *
     * @param sections the state; empty for that after a reset
     */
    public void renew(Place place, List<Section> sections) {
        Tenant failed = place.tenant();
        SwapHistory.Change change = history.begin(Kind.SWAP, place.id(), place.origin(), place.origin());
        Map<String, Object> handedOver = handedOverBy(failed);
        Place.Kept state = new Place.Kept(sections, List.of(), handedOver);
        Tenant next = null;
        try {
            Tenant attached = calls.whileOthersWait(steps -> Tenant.attach(failed.entry(), surroundings, steps));
            next = attached;
            Runnable publish = besides(attached);
            calls.whileOthersWait(steps -> {
                takeOver(attached, state, steps);
                return null;
            });
            place.settle(attached);
            publish.run();
            failed.release(calls);
            change.done(0, "has failed, and was put in place anew");
        } catch (CallException e) {
            leaveWithDependents(place, state);
            change.failed(e.getMessage() + "; the place is vacant until a version comes that works");
        } finally {
            if (next != null && place.tenant() != next) {
                next.release(calls);
            }
        }
    }

    private void leaveWithDependents(Place place, Place.Kept state) {
        for (Place dependent : RequiresOrder.leaving(place, places.all())) {
            if (dependent != place && dependent.tenant() != null) {
                SwapHistory.Change change = history.begin(Kind.VACATE, dependent.id(), dependent.origin(), "");
                Tenant leaving = dependent.tenant();
                leave(dependent, keep(dependent, change));
                closeIfAny(leaving);
                change.done(0, "vacant, since it requires hv-" + place.id());
            }
        }
        Tenant leaving = place.tenant();
        leave(place, state);
        closeIfAny(leaving);
    }

    private Map<String, Object> handedOverBy(Tenant leaving) {
        try {
            return calls.whileOthersWait(leaving::handOver);
        } catch (CallException told) {
            return Map.of();
        }
    }
}
