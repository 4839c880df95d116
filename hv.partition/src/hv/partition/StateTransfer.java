package hv.partition;

import hv.api.Descriptor;
import hv.api.SavedState;
import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.api.StateReader;
import hv.api.StateWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes the state out of a partition's slots and puts it back, all or nothing. Called while every VP is stopped.
 *
 * <p>Order of a restore: the partition's own registers with the clock first, since pages are refreshed from it; then, slot by
 * slot, the partition-wide part and the VPs' parts (TLFS "Partition Reference Time": clock before pages before VPs). Last, a guest that
 * comes from a host with another TSC frequency is told so.
 */
final class StateTransfer {
    private static final String REFERENCE_TIME = "ReferenceTime100ns";
    private static final String TSC_FREQUENCY = "TscFrequencyHz";
    private static final int OWN_VERSION = 1;

    /** A step of saving. */
    private interface Source {
        void save(StateWriter out);
    }

    /** A step of restoring. */
    private interface Sink {
        void restore(StateReader in) throws StateException;
    }

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
        save(sections, HypercallMsrs.ID, SavedState.PARTITION, OWN_VERSION, this::saveOwn);
        for (Slot slot : slots) {
            Descriptor descriptor = slot.descriptor();
            int version = descriptor.stateVersion();
            save(sections, descriptor.id(), SavedState.PARTITION, version, slot.attachment()::save);
            for (int vp = 0; vp < slot.vpCount(); vp++) {
                save(sections, descriptor.id(), vp, version, slot.vp(vp)::save);
            }
        }
        return new SavedState(sections);
    }

    private static void save(List<Section> sections, String id, int vp, int version, Source source) {
        StateBuffer.Writer writer = new StateBuffer.Writer();
        source.save(writer);
        if (!writer.isEmpty()) {
            sections.add(writer.section(id, vp, version));
        }
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
        Map<String, Section> rest = new HashMap<>();
        for (Section section : state.sections()) {
            if (rest.put(key(section.id(), section.vp()), section) != null) {
                throw new StateException("section " + key(section.id(), section.vp()) + " appears twice");
            }
        }
        restore(rest, HypercallMsrs.ID, SavedState.PARTITION, OWN_VERSION, this::restoreOwn, own::save);
        for (Slot slot : slots) {
            Descriptor descriptor = slot.descriptor();
            int version = descriptor.stateVersion();
            var attachment = slot.attachment();
            restore(rest, descriptor.id(), SavedState.PARTITION, version, attachment::restore, attachment::save);
            for (int i = 0; i < slot.vpCount(); i++) {
                var vp = slot.vp(i);
                restore(rest, descriptor.id(), i, version, vp::restore, vp::save);
            }
        }
        if (!rest.isEmpty()) {
            throw new StateException("section %s has no place in this partition"
                    .formatted(rest.keySet().stream().sorted().findFirst().orElseThrow()));
        }
    }

    private static void restore(Map<String, Section> rest, String id, int vp, int version, Sink sink, Source source)
            throws StateException {
        Section section = rest.remove(key(id, vp));
        if (section == null) {
            // What saves nothing has no section; anything else must have one.
            StateBuffer.Writer probe = new StateBuffer.Writer();
            source.save(probe);
            if (probe.isEmpty()) {
                return;
            }
            throw new StateException("section " + key(id, vp) + " is missing");
        }
        if (section.version() < 1 || section.version() > version + 1) {
            throw new StateException("section %s has version %d, known are 1 to %d"
                    .formatted(key(id, vp), section.version(), version + 1));
        }
        StateBuffer.Reader reader = new StateBuffer.Reader(section);
        try {
            sink.restore(reader);
            reader.finish(version);
        } catch (StateException e) {
            StateException located = new StateException("section " + key(id, vp) + ": " + e.getMessage());
            located.initCause(e);
            throw located;
        }
    }

    private static String key(String id, int vp) {
        return vp == SavedState.PARTITION ? id : id + "/vp" + vp;
    }
}
