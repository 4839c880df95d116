package hv.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** {@code ./hv fuzz}: hostile input for everything that takes input from outside. */
public final class Main {
    private static final int FOUND = 1;
    private static final int UNUSABLE = 2;

    private Main() {}

    /** Exit status 0 without a finding, 1 with one, 2 with one line on stderr when it cannot be run. */
    public static void main(String[] args) throws InterruptedException {
        System.exit(run(args));
    }

    private static int run(String... args) throws InterruptedException {
        try {
            FuzzOptions options = FuzzOptions.parse(Targets.names(), args);
            if (options.isList()) {
                Targets.names().forEach(name -> System.out.printf("%-12s %s%n", name, Targets.about(name)));
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

    private static Figures replay(FuzzOptions options) throws IOException {
        Target target = Targets.make(options.target().orElseThrow(), Product.of(Main.class.getClassLoader()));
        Figures figures = new Replay(target).run(options.replay().orElseThrow());
        System.out.printf(
                "%,d inputs, %,d operations, %d findings%n",
                figures.inputs(), figures.operations(), figures.findings());
        return figures;
    }

    private static Figures fuzz(FuzzOptions options) throws IOException, InterruptedException {
        List<String> targets = options.target().map(List::of).orElse(Targets.names());
        WorkFolder work = new WorkFolder(Path.of(System.getProperty("hv.workspace")));
        Figures figures = new Campaign(work, targets).run(options.minutes());
        System.out.printf(
                "%,d operations, %,d edges, %d findings%n", figures.operations(), figures.edges(), figures.findings());
        return figures;
    }
}
