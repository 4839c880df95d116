package hv.api.machine;

import hv.api.SavedState;
import hv.api.StateException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The sections of a saved machine, taken out one by one, so that what is missing, there twice, or left over is noticed.
 * They come from a file that may be damaged or hostile: every method ends in a value or in a {@link StateException}
 * with one line that names the section, as {@code cpu/vp1}. For a VMM and its devices while they restore; one thread.
 */
public final class StateSections {
    private final Map<Place, SavedState.Section> left = new HashMap<>();

    private record Place(String id, int vp) {
        @Override
        public String toString() {
            String name = SectionReader.printable(id);
            return vp == SavedState.PARTITION ? "section " + name : "section %s/vp%d".formatted(name, vp);
        }
    }

    /**
     * Sorts them.
     *
     * @throws StateException if a section is there twice
     */
    public StateSections(SavedState state) throws StateException {
        for (SavedState.Section section : state.sections()) {
            Place place = new Place(section.id(), section.vp());
            if (left.put(place, section) != null) {
                throw new StateException(place + " appears twice");
            }
        }
    }

    /**
     * Takes a section. A part of a machine reads its older versions too, and no newer one.
     *
     * @param vp VP index, or {@link SavedState#PARTITION}
     * @param version the newest one that is known, 1 or more
     * @throws StateException if it is missing or of a version that is not known
     */
    public SectionReader take(String id, int vp, int version) throws StateException {
        return taken(id, vp, version);
    }

    /**
     * As {@link #take} for a part of which the next version is read too: names that it has more are passed over, so its
     * reader does not call {@link SectionReader#end}.
     */
    public SectionReader takeOrNext(String id, int vp, int version) throws StateException {
        return taken(id, vp, version + 1);
    }

    private SectionReader taken(String id, int vp, int newest) throws StateException {
        Place place = new Place(id, vp);
        SavedState.Section section = left.remove(place);
        if (section == null) {
            throw new StateException(place + " is missing");
        }
        if (section.version() < 1 || section.version() > newest) {
            throw new StateException(
                    "%s has version %d, known are 1 to %d".formatted(place, section.version(), newest));
        }
        return new SectionReader(place.toString(), section);
    }

    /** Whether there is a section that has not been taken. */
    public boolean has(String id, int vp) {
        return left.containsKey(new Place(id, vp));
    }

    /** The sections that have not been taken, in no order. */
    public SavedState rest() {
        return new SavedState(List.copyOf(left.values()));
    }

    /**
     * To be called when all have been taken.
     *
     * @throws StateException if one is left
     */
    public void end() throws StateException {
        if (!left.isEmpty()) {
            throw new StateException(left.keySet().stream()
                            .map(Place::toString)
                            .sorted()
                            .findFirst()
                            .orElseThrow() + " has no place in this machine");
        }
    }
}
