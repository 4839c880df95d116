package hv.hosted;

import hv.api.SavedState;
import hv.api.SavedState.Section;
import hv.api.StateException;
import java.util.HashMap;
import java.util.Map;

/**
 * The sections of a machine's saved state by place, each taken once. For machines on a {@link HostedHost}, while they restore; used by
 * one thread.
 */
public final class StateSections {
    private final Map<String, Section> rest = new HashMap<>();

    /**
     * Sorts them.
     *
     * @throws StateException if two have the same place
     */
    public StateSections(SavedState state) throws StateException {
        for (Section section : state.sections()) {
            String place = place(section.id(), section.vp());
            if (rest.put(place, section) != null) {
                throw new StateException("section " + place + " appears twice");
            }
        }
    }

    /**
     * Takes one.
     *
     * @param vp VP index, or {@link SavedState#PARTITION}
     * @param version the one that is known; a writer may have been one ahead
     * @throws StateException if there is none, or of another version
     */
    public StateSection take(String id, int vp, int version) throws StateException {
        String place = place(id, vp);
        Section section = rest.remove(place);
        if (section == null) {
            throw new StateException("section " + place + " is missing");
        }
        if (section.version() < 1 || section.version() > version + 1) {
            throw new StateException(
                    "section %s has version %d, known are 1 to %d".formatted(place, section.version(), version + 1));
        }
        return new StateSection(place, section);
    }

    /**
     * To be called when all have been taken.
     *
     * @throws StateException if one is left
     */
    public void finish() throws StateException {
        if (!rest.isEmpty()) {
            throw new StateException("section %s has no place in this machine"
                    .formatted(rest.keySet().stream().sorted().findFirst().orElseThrow()));
        }
    }

    private static String place(String id, int vp) {
        return vp == SavedState.PARTITION ? id : id + "/vp" + vp;
    }
}
