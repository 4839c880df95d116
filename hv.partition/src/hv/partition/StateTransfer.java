package hv.partition;

import hv.api.SavedState;
import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.api.StateReader;
import hv.api.StateWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Takes the state out of a partition's slots and puts it back, all or nothing. Called while every VP is stopped.
 *
 * <p>Order of a restore: the partition's own registers with the clock first, since pages are refreshed from it; then, slot by
 * slot, the partition-wide part and the VPs' parts (TLFS "Timers: Partition Reference Time Enlightenment": clock before pages before VPs). Last, a guest that
 * comes from a host with another TSC frequency is told so.
 */
final class StateTransfer {
    private static final String REFERENCE_TIME = "ReferenceTime100ns";
    private static final String TSC_FREQUENCY = "TscFrequencyHz";
    private static final int OWN_VERSION = 1;

    private final HypercallMsrs own;
    private final TscClock clock;
    private final TscFrequency tscFrequency;
    private final List<Slot> slots;

    /** Of the guest that the last {@link #apply} brought. */
    private long tscFrequencyHz;

    StateTransfer(HypercallMsrs own, TscClock clock, TscFrequency tscFrequency, List<Slot> slots) {
        this.own = own;
        this.clock = clock;
        this.tscFrequency = tscFrequency;
        this.slots = slots;
    }

    SavedState save() {
        List<Section> sections = new ArrayList<>();
        TenantState.save(sections, HypercallMsrs.ID, SavedState.PARTITION, OWN_VERSION, this::saveOwn);
        for (Slot slot : slots) {
            Tenant tenant = slot.tenant();
            Slot.Kept kept = slot.kept();
            if (tenant != null) {
                sections.addAll(TenantState.save(tenant));
            } else if (kept != null) {
                sections.addAll(kept.sections());
            }
        }
        return new SavedState(sections);
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

    void restore(SavedState state) throws StateException {
        for (Slot slot : slots) {
            if (slot.isVacant()) {
                throw new StateException(slot.id() + " is vacant: nobody can check its part of the state");
            }
        }
        SavedState before = save();
        try {
            apply(state);
        } catch (StateException e) {
            try {
                apply(before);
            } catch (StateException impossible) {
                e.addSuppressed(impossible);
            }
            throw e;
        }
        tscFrequency.restored(tscFrequencyHz);
    }

    private void apply(SavedState state) throws StateException {
        Map<String, Section> rest = TenantState.byPlace(state.sections());
        TenantState.restore(rest, HypercallMsrs.ID, SavedState.PARTITION, OWN_VERSION, this::restoreOwn, own::save);
        for (Slot slot : slots) {
            if (slot.tenant() != null) {
                TenantState.restore(rest, slot.tenant());
            }
        }
        TenantState.refuseRest(rest);
    }
}
