package hv.fuzz.storm;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a storm came to. Immutable.
 *
 * @param vps how many VPs there were
 * @param hasVacancies whether bundles left and came back
 * @param operations what VPs did
 * @param swaps enlightenments that were replaced
 * @param refusedSwaps swaps that were refused, as when a VP waited for a vacant place
 * @param vacancies bundles that left and came back
 * @param tasks tasks that were done
 * @param longestTaskMillis how long the longest took
 * @param posts what host-side code did
 * @param stops times at which all VPs were stopped for a save, restore, reset or another clock
 * @param problems what went wrong
 */
public record StormReport(
        int vps,
        boolean hasVacancies,
        long operations,
        long swaps,
        long refusedSwaps,
        long vacancies,
        long tasks,
        long longestTaskMillis,
        long posts,
        long stops,
        List<Throwable> problems) {
    /** Copies the list. */
    public StormReport {
        problems = List.copyOf(problems);
    }

    static StormReport of(Weather weather, int vps, boolean hasVacancies) {
        return new StormReport(
                vps,
                hasVacancies,
                weather.count(Storm.OPERATIONS),
                weather.count(Storm.SWAPS),
                weather.count(Storm.REFUSED_SWAPS),
                weather.count(Storm.VACANCIES),
                weather.count(Storm.TASKS),
                TimeUnit.NANOSECONDS.toMillis(weather.longestTaskNanos()),
                weather.count(Storm.POSTS),
                weather.count(Storm.STOPS),
                List.copyOf(weather.problems()));
    }

    /** One line for people. */
    public String line() {
        return ("%d VPs%s: %,d operations, %,d swaps (%,d refused), %,d vacancies, %,d tasks (longest %,d ms),"
                        + " %,d posts, %,d stops, %d findings")
                .formatted(
                        vps,
                        hasVacancies ? ", bundles leave" : "",
                        operations,
                        swaps,
                        refusedSwaps,
                        vacancies,
                        tasks,
                        longestTaskMillis,
                        posts,
                        stops,
                        problems.size());
    }
}
