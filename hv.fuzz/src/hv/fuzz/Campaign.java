package hv.fuzz;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Fuzzes targets one after the other, each for an equal share of the time, and prints a line about each. One thread.
 */
final class Campaign {
    private static final int START_SECONDS = 4;
    private static final String ROW = "%-12s %,14d %,16d %,8d %8d%n";

    private final WorkFolder work;
    private final List<String> targets;

    Campaign(WorkFolder work, List<String> targets) {
        this.work = work;
        this.targets = targets;
    }

    /** For so long in all; with a seed other than 0 chance has no part in it, but for how far it comes. */
    Figures run(int minutes, int seed) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(minutes);
        System.out.printf("%-12s %14s %16s %8s %8s%n", "TARGET", "INPUTS", "OPERATIONS", "EDGES", "FINDINGS");
        Figures sum = Figures.NONE;
        for (int i = 0; i < targets.size(); i++) {
            long left = TimeUnit.NANOSECONDS.toSeconds(end - System.nanoTime());
            long share = left / (targets.size() - i) - START_SECONDS;
            Figures figures = new Session(targets.get(i), work, seed).run(Math.max(1, share));
            System.out.printf(
                    ROW, targets.get(i), figures.inputs(), figures.operations(), figures.edges(), figures.findings());
            sum = sum.plus(figures);
        }
        return sum;
    }
}
