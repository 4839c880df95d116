package hv.lab;

import hv.lab.report.Row;
import hv.lab.rig.Rig;
import hv.lab.session.Section;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One thing that is done inside: a script {@code inside/scenarios/NAME.sh}, and what has to hold in what it printed. Without state.
 */
interface Scenario {
    /** Small letters; the script's name too. */
    String name();

    /** Seconds after which level 1 ends its script. */
    int limitSeconds();

    /** Why it cannot be done with this rig. */
    default Optional<String> whyLeftOut(Rig rig) {
        return Optional.empty();
    }

    /**
     * Judges it.
     *
     * @param own what its script printed; it came to its own end
     * @param all sections of all scenarios that came to their ends, by name
     */
    List<Row> judge(Section own, Map<String, Section> all);
}
