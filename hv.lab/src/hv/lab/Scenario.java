package hv.lab;

import hv.lab.report.Row;
import hv.lab.rig.Rig;
import hv.lab.session.Section;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One thing that is done inside: a script {@code inside/scenarios/NAME.sh}, and what has to hold in what it printed.
 * Without state.
 */
interface Scenario {
    /** Small letters; the script's name too. */
    String name();

    /** Seconds after which level 1 ends its script. */
    int limitSeconds();

    /**
     * How many processors level 1 has for it. One is safest: QEMU 7.2 now and then lets an interrupt of one processor
     * into another right after a guest's exit, where SVM holds it back, and then level 1 is lost; the more processors
     * wake each other, the sooner.
     *
     * @param smp those of the guest
     */
    default int outerProcessors(int smp) {
        return 1;
    }

    /** The archive that its guest loads, as {@code vmbus}. */
    default Optional<String> archive() {
        return Optional.empty();
    }

    /** Why it cannot be done with this rig. */
    default Optional<String> whyLeftOut(Rig rig) {
        return archive().flatMap(rig::whyWithout);
    }

    /**
     * Judges it.
     *
     * @param own what its script printed; it came to its own end
     * @param all sections of all scenarios that came to their ends, by name
     */
    List<Row> judge(Section own, Map<String, Section> all);
}
