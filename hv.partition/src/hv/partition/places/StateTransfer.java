package hv.partition.places;

import hv.api.SavedState;
import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.machine.StateSections;
import hv.partition.failure.BundleCalls;
import hv.partition.failure.BundleCalls.Steps;
import hv.partition.failure.CallException;
import hv.partition.vp.HypercallMsrs;
import hv.partition.vp.TscClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Takes the state out of a partition's places and puts it back, all or nothing. Called while every VP is stopped.
 *
 * <p>Order of a restore: the partition's own registers with the clock first, since pages are refreshed from it; then,
 * place by place, the partition-wide part and the VPs' parts (TLFS "Timers: Partition Reference Time Enlightenment":
 * clock before pages before VPs). When all have taken theirs, the code of hypercalls is written into its page. Last, a
 * guest that comes from a host with another TSC frequency is told so, and what was missed in places that were vacant
 * when it was saved is made up for.
 *
 * <p>Whatever one of them does, all others have their state of before again; one that does not even take that is put in
 * place anew.
 */
public final class StateTransfer {
    private static final String REFERENCE_TIME = "ReferenceTime100ns";
    private static final String TSC_FREQUENCY = "TscFrequencyHz";
    private static final int OWN_VERSION = 1;

    private final PlaceList places;
    private final Router router;
    private final Swapper swapper;
    private final HypercallMsrs own;
    private final TscClock clock;
    private final TscFrequency tscFrequency;
    private final BundleCalls calls;

    /** The TSC frequency of the guest that the last restore brought. */
    private long tscFrequencyHz;

    /** Of what is in {@code places}; one that fails is put in place anew by {@code swapper}. */
    public StateTransfer(
            PlaceList places,
            Router router,
            Swapper swapper,
            HypercallMsrs own,
            TscClock clock,
            TscFrequency tscFrequency,
            BundleCalls calls) {
        this.places = places;
        this.router = router;
        this.swapper = swapper;
        this.own = own;
        this.clock = clock;
        this.tscFrequency = tscFrequency;
        this.calls = calls;
    }

    /** The state of everybody. */
    public SavedState save() throws CallException {
        List<Section> sections = new ArrayList<>();
        TenantState.save(sections, HypercallMsrs.ID, SavedState.PARTITION, OWN_VERSION, this::saveOwn);
        sections.addAll(calls.whileOthersWait(this::savePlaces));
        VacantState.save(sections, places, router.vpCount());
        return new SavedState(sections);
    }

    private List<Section> savePlaces(Steps steps) throws CallException {
        List<Section> sections = new ArrayList<>();
        for (Place place : places.all()) {
            Tenant tenant = place.tenant();
            Place.Kept kept = place.kept();
            if (tenant != null) {
                sections.addAll(TenantState.save(tenant, router.vpCount(), steps));
            } else if (kept != null) {
                sections.addAll(kept.sections());
            }
        }
        return sections;
    }

    private void saveOwn(StateWriter out) {
        own.save(out);
        out.put(REFERENCE_TIME, clock.now100ns());
        out.put(TSC_FREQUENCY, clock.tscFrequencyHz());
    }

    private void restoreOwn(StateReader in) throws StateException {
        long time = in.get(REFERENCE_TIME);
        if (time < 0) {
            throw new StateException(REFERENCE_TIME + " is negative");
        }
        long frequencyHz = in.get(TSC_FREQUENCY);
        if (!TscFrequency.isPossible(frequencyHz)) {
            throw new StateException(
                    "%s is not %d to %d".formatted(TSC_FREQUENCY, TscFrequency.LOWEST_HZ, TscFrequency.HIGHEST_HZ));
        }
        own.restore(in);
        tscFrequencyHz = frequencyHz;
        clock.setNow100ns(time);
    }

    public void restore(SavedState state) throws StateException {
        for (Place place : places.all()) {
            if (place.isVacant()) {
                throw new StateException(place.id() + " is vacant: nobody can check its part of the state");
            }
        }
        SavedState before;
        try {
            before = save();
        } catch (CallException e) {
            throw new StateException("what is there now could not be put back: " + e.getMessage());
        }
        Object ownBefore = own.mark();
        Object clockBefore = clock.mark();
        Map<Place, Missed> missed;
        boolean isDone = false;
        try {
            missed = apply(state);
            isDone = true;
        } catch (CallException e) {
            throw e.asStateException();
        } finally {
            if (!isDone) {
                own.putBack(ownBefore);
                clock.putBack(clockBefore);
                putBack(before);
            }
        }
        own.writeCode();
        boolean isToldOfFrequency = tscFrequency.restored(tscFrequencyHz);
        missed.forEach((place, what) -> {
            if (isToldOfFrequency) {
                what.forgetFrequencyChange();
            } else if (what.frequencyChange().isPresent()) {
                what.frequencyChanged(tscFrequency.isEmulating());
            }
            if (place.tenant() != null) {
                swapper.makeUpFor(place, what);
            }
        });
    }

    /** Has all take their part; gives what was missed in places that were vacant. */
    private Map<Place, Missed> apply(SavedState state) throws StateException, CallException {
        StateSections rest = TenantState.byPlace(state.sections());
        Map<Place, Missed> missed = VacantState.take(rest, places, router.vpCount());
        TenantState.restore(rest, HypercallMsrs.ID, SavedState.PARTITION, OWN_VERSION, this::restoreOwn, own::save);
        calls.whileOthersWait(steps -> {
            for (Place place : places.all()) {
                boolean isLost =
                        missed.containsKey(place) && sectionsOf(place, state).isEmpty();
                if (place.tenant() != null && isLost) {
                    place.reset(steps);
                } else if (place.tenant() != null) {
                    TenantState.restore(rest, place.tenant(), router.vpCount(), steps);
                }
            }
            rest.end();
            return null;
        });
        return missed;
    }

    /** Each takes back what it has given just now. */
    private void putBack(SavedState before) {
        calls.forEachWhileOthersWait(
                places.taken(),
                (place, steps) -> {
                    if (place.tenant() != null) {
                        TenantState.restore(
                                TenantState.byPlace(before.sections()), place.tenant(), router.vpCount(), steps);
                    }
                },
                (place, told) -> swapper.renew(place, sectionsOf(place, before)));
    }

    private static List<Section> sectionsOf(Place place, SavedState state) {
        return state.sections().stream()
                .filter(section -> section.id().equals(place.id()))
                .toList();
    }
}
