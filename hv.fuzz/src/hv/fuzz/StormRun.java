package hv.fuzz;

import hv.fuzz.storm.Storm;
import hv.fuzz.storm.StormReport;
import hv.fuzz.target.Product;
import java.util.concurrent.TimeUnit;

/** {@code ./hv fuzz storm}: storms of several shapes, one after the other, for as long as was asked for. One thread. */
final class StormRun {
    /** What it is called among the targets. */
    static final String NAME = "storm";

    static final String ABOUT =
            "threads: VPs, a scribbler, tasks, inspection, posts, swaps, bundles leaving, save, restore";

    private static final int[] VPS = {2, 4, 3};

    private final Product product;

    StormRun(Product product) {
        this.product = product;
    }

    Figures run(int minutes) throws InterruptedException {
        long seconds = TimeUnit.MINUTES.toSeconds(minutes);
        int storms = 2 * VPS.length;
        Figures sum = Figures.NONE;
        for (int i = 0; i < storms; i++) {
            long seed = System.nanoTime();
            Storm storm = new Storm(product.enlightenments(), VPS[i % VPS.length], i % 2 != 0, seed);
            StormReport report = storm.run((int) Math.max(1, seconds / storms));
            System.out.println(report.line());
            for (Throwable problem : report.problems()) {
                System.out.println("finding: storm with seed " + seed);
                problem.printStackTrace(System.out);
            }
            sum = sum.plus(
                    new Figures(1, report.operations(), 0, report.problems().size()));
        }
        return sum;
    }
}
