package hv.partition;

import hv.partition.failure.Callback;
import hv.partition.faulty.Spot;
import hv.partition.faulty.Way;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/**
 * One callback, and what makes the partition call it.
 *
 * @param name what happens
 * @param place whose failure it is
 * @param callback what it is counted as; null where only who asked is told
 * @param runs which thread it is called on
 * @param ways how it can fail
 * @param provocation makes it fail
 */
record Scenario(String name, String place, Callback callback, Runs runs, Set<Way> ways, Provocation provocation) {
    /** Which thread is in the code that fails. */
    enum Runs {
        /** One of its own, with a limit. */
        LIMITED,
        /** That of VP 0. */
        VP,
        /** One that nobody waits for. */
        APART,
        /** That of host-side code. */
        CALLER
    }

    /** Makes it fail. */
    @FunctionalInterface
    interface Provocation {
        /** Does it, and checks what comes of it; gives what whoever asked was told, or null. */
        String with(Stage stage, Way way) throws Exception;
    }

    static Scenario of(String name, Callback callback, Runs runs, Provocation provocation, Way... more) {
        return of(name, "saboteur", callback, runs, provocation, more);
    }

    static Scenario of(String name, String place, Callback callback, Runs runs, Provocation provocation, Way... more) {
        Set<Way> ways = EnumSet.complementOf(EnumSet.of(Way.NULL, Way.LEAK));
        ways.addAll(Arrays.asList(more));
        return new Scenario(name, place, callback, runs, ways, provocation);
    }

    Scenario without(Way way) {
        Set<Way> fewer = EnumSet.copyOf(ways);
        fewer.remove(way);
        return new Scenario(name, place, callback, runs, fewer, provocation);
    }

    /**
     * A newer version of the faulty one comes and fails at {@code spot}, after that has worked {@code times} times: the
     * old one stays.
     */
    static Scenario swap(String name, Callback callback, Spot spot, int times, Way... more) {
        return of(
                name,
                callback,
                Runs.LIMITED,
                (stage, way) -> {
                    stage.next.sabotage().arm(spot, way, times);
                    return Provocations.refusedSwap(stage);
                },
                more);
    }

    @Override
    public String toString() {
        return name;
    }
}
