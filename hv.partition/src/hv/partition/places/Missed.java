package hv.partition.places;

import hv.api.StateException;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.enlightenment.VpAttachment;
import java.util.Arrays;
import java.util.Optional;

/**
 * What the one who takes a vacant place would have been told while nobody was in it. Changed while every VP is stopped,
 * but for what the VPs' {@link StandIn}s hear.
 */
final class Missed {
    private static final long VACANT = 1;
    private static final long CLOCK = 1 << 1;
    private static final long FREQUENCY = 1 << 2;
    private static final long ALL = VACANT | CLOCK | FREQUENCY;

    private final StandIn[] standIns;
    private volatile boolean hasClockChanged;
    private volatile Optional<Boolean> frequencyChange = Optional.empty();

    /** Nothing yet, on so many VPs. */
    Missed(int vps) {
        standIns = new StandIn[vps];
        Arrays.setAll(standIns, vp -> new StandIn());
    }

    /** Those who hear what is said on each VP. */
    VpAttachment[] parts() {
        return Arrays.copyOf(standIns, standIns.length, VpAttachment[].class);
    }

    /** On how many VPs something may have been said. */
    int vps() {
        return standIns.length;
    }

    StandIn standIn(int vp) {
        return standIns[vp];
    }

    /** The clock has changed. */
    void clockChanged() {
        hasClockChanged = true;
    }

    /** The TSC has another frequency. */
    void frequencyChanged(boolean isEmulated) {
        frequencyChange = Optional.of(isEmulated);
    }

    /** That is no news any more. */
    void forgetFrequencyChange() {
        frequencyChange = Optional.empty();
    }

    boolean hasClockChanged() {
        return hasClockChanged;
    }

    /** Empty, or whether the old frequency is emulated. */
    Optional<Boolean> frequencyChange() {
        return frequencyChange;
    }

    /** The guest is reset. */
    void forget() {
        for (StandIn standIn : standIns) {
            standIn.clear();
        }
        hasClockChanged = false;
        frequencyChange = Optional.empty();
    }

    /** Writes what concerns no VP, as that of {@code place}. */
    void save(StateWriter out, String place) {
        out.put(place, VACANT | (hasClockChanged ? CLOCK : 0) | (frequencyChange.isPresent() ? FREQUENCY : 0));
    }

    /** Writes what VP {@code vp} was told. */
    void save(StateWriter out, String place, int vp) {
        if (vp < standIns.length) {
            standIns[vp].save(out, place);
        }
    }

    /**
     * Reads what {@link #save(StateWriter, String)} wrote. Who is told of a change of frequency is told how things are
     * then, so how they were is not in it.
     *
     * @return empty if {@code place} was not vacant
     */
    static Optional<Missed> ofSaved(StateReader in, String place, int vps) throws StateException {
        long flags = in.get(place, 0);
        if (flags == 0) {
            return Optional.empty();
        }
        if ((flags & VACANT) == 0 || (flags & ~ALL) != 0) {
            throw new StateException("%s is 0x%x".formatted(place, flags));
        }
        Missed missed = new Missed(vps);
        missed.hasClockChanged = (flags & CLOCK) != 0;
        missed.frequencyChange = (flags & FREQUENCY) != 0 ? Optional.of(false) : Optional.empty();
        return Optional.of(missed);
    }

    /** Reads what VP {@code vp} was told. */
    void read(StateReader in, String place, int vp) throws StateException {
        standIns[vp].read(in, place);
    }
}
