package hv.fuzz;

import hv.fuzz.target.Product;
import hv.fuzz.target.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code ./hv fuzz}: hostile input for everything that takes input from outside. */
public final class Main {
    private static final int FOUND = 1;
    private static final int UNUSABLE = 2;
    private static final long MILLION = 1_000_000;
    private static final String LISTED = "%-12s %s%n";

    private Main() {}

    /** Exit status 0 without a finding, 1 with one, 2 with one line on stderr when it cannot be run. */
    public static void main(String[] args) throws InterruptedException {
        System.exit(run(args));
    }

    private static int run(String... args) throws InterruptedException {
        try {
            FuzzOptions options = FuzzOptions.parse(names(), args);
            if (options.isList()) {
                Targets.names().forEach(name -> System.out.printf(LISTED, name, Targets.about(name)));
                System.out.printf(LISTED, StormRun.NAME, StormRun.ABOUT);
                return 0;
            }
            Figures figures = options.replay().isPresent() ? replay(options) : fuzz(options);
            return figures.findings() == 0 ? 0 : FOUND;
        } catch (UnusableException e) {
            System.err.println("hv fuzz: " + e.getMessage());
            return UNUSABLE;
        } catch (IOException e) {
            System.err.println("hv fuzz: cannot read or write " + e.getMessage());
            return UNUSABLE;
        }
    }

    private static List<String> names() {
        List<String> names = new ArrayList<>(Targets.names());
        names.add(StormRun.NAME);
        return names;
    }

    private static Product product() {
        return Product.of(Main.class.getClassLoader());
    }

    private static Figures replay(FuzzOptions options) throws IOException {
        Target target = Targets.make(options.target().orElseThrow(), product());
        Figures figures = new Replay(target).run(options.replay().orElseThrow());
        System.out.printf(
                "%,d inputs, %,d operations, %d findings%n",
                figures.inputs(), figures.operations(), figures.findings());
        return figures;
    }

    private static Figures fuzz(FuzzOptions options) throws IOException, InterruptedException {
        if (options.target().filter(StormRun.NAME::equals).isPresent()) {
            Figures figures = new StormRun(product()).run(options.minutes());
            System.out.printf("%,d operations, %d findings%n", figures.operations(), figures.findings());
            return figures;
        }
        WorkFolder work = new WorkFolder(Path.of(System.getProperty("hv.workspace")));
        if (options.millions() > 0) {
            String name = options.target().orElseThrow();
            int seed = Math.max(1, options.seed());
            return new Seeded(name, Targets.make(name, product()), work, seed).run(options.millions() * MILLION);
        }
        List<String> targets = options.target().map(List::of).orElse(Targets.names());
        Figures figures = new Campaign(work, targets).run(options.minutes(), options.seed());
        System.out.printf(
                "%,d operations, %,d edges, %d findings%n", figures.operations(), figures.edges(), figures.findings());
        return figures;
    }
}
