package hv.partition.places;

import hv.api.SavedState;
import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.machine.StateSections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which places of a guest were vacant when it was saved, and what was missed in them: sections of the partition itself,
 * so that who is in such a place after a restore is told what it would have been told. While every VP is stopped.
 */
final class VacantState {
    private static final String ID = "vacant";
    private static final int VERSION = 1;

    private VacantState() {}

    /** Adds the sections; none if no place is vacant. */
    static void save(List<Section> sections, PlaceList places, int vps) {
        List<Place> vacant = places.all().stream().filter(Place::isVacant).toList();
        TenantState.save(
                sections,
                ID,
                SavedState.PARTITION,
                VERSION,
                out -> vacant.forEach(place -> place.missed().save(out, place.id())));
        for (int i = 0; i < vps; i++) {
            int vp = i;
            TenantState.save(
                    sections,
                    ID,
                    vp,
                    VERSION,
                    out -> vacant.forEach(place -> place.missed().save(out, place.id(), vp)));
        }
    }

    /** Takes the sections out of {@code rest}: what was missed in each place that was vacant. */
    static Map<Place, Missed> take(StateSections rest, PlaceList places, int vps) throws StateException {
        Map<Place, Missed> all = new HashMap<>();
        TenantState.restore(
                rest, ID, SavedState.PARTITION, VERSION, in -> readPlaces(in, places, vps, all), VacantState::nothing);
        for (int i = 0; i < vps; i++) {
            int vp = i;
            TenantState.restore(rest, ID, vp, VERSION, in -> readVp(in, vp, all), VacantState::nothing);
        }
        return all;
    }

    private static void readPlaces(StateReader in, PlaceList places, int vps, Map<Place, Missed> all)
            throws StateException {
        for (Place place : places.all()) {
            Missed.ofSaved(in, place.id(), vps).ifPresent(missed -> all.put(place, missed));
        }
    }

    private static void readVp(StateReader in, int vp, Map<Place, Missed> all) throws StateException {
        for (Map.Entry<Place, Missed> one : all.entrySet()) {
            one.getValue().read(in, one.getKey().id(), vp);
        }
    }

    /** A guest without vacant places has no such section. */
    private static void nothing(StateWriter out) {}
}
