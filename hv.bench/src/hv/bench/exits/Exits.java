package hv.bench.exits;

import hv.api.enlightenment.Enlightenment;
import hv.kvm.Kvm;
import hv.partition.PartitionService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/**
 * {@code ./hv bench exits}: what a filtered RDMSR costs from the guest and back, through all of ours and through the
 * least possible loop in C. Rounds alternate, in changing order, so that drift of the host hits all alike; medians are
 * compared. The ratio is to a C loop whose vCPU is set up as ours is; what that set-up costs the bare loop is shown
 * too.
 */
public final class Exits {
    private static final int WARM_UP_ROUNDS = 200;
    private static final int ROUNDS = 801;

    private Exits() {}

    /** Runs it alone; {@code --json FILE} writes the figures. */
    public static void main(String[] args) throws Exception {
        run(args.length == 2 && args[0].equals("--json") ? Optional.of(Path.of(args[1])) : Optional.empty());
    }

    /** Runs it; without KVM, or without a C compiler, says so and does what it can. */
    public static void run(Optional<Path> json) throws Exception {
        Optional<String> unusable = Kvm.whyUnusable();
        if (unusable.isPresent()) {
            System.out.println("not run: " + unusable.get());
            return;
        }
        List<Enlightenment> all = new ArrayList<>();
        ServiceLoader.load(Enlightenment.class).forEach(all::add);
        Path folder = Files.createTempDirectory("hv-exits");
        try (JavaLoop ours = new JavaLoop(PartitionService.of(all))) {
            Optional<Path> program = CLoop.compile(folder);
            if (program.isPresent()) {
                compare(ours, program.get(), json);
            } else {
                System.out.println("no C compiler (gcc, cc, clang) on the path: measuring ours only");
                double nanos = median(measure(ours)[0]);
                System.out.printf(Locale.ROOT, "ours %.1f ns per exit%n", nanos);
                write(json, String.format(Locale.ROOT, "{\"exits\": {\"ours_ns\": %.1f}}%n", nanos));
            }
        } finally {
            remove(folder);
        }
    }

    private static void compare(Loop ours, Path program, Optional<Path> json) throws Exception {
        double[][] nanos;
        try (Loop kickable = CLoop.start(program, "kickable");
                Loop bare = CLoop.start(program, "bare")) {
            nanos = measure(ours, kickable, bare);
        }
        double ratio = medianRatio(nanos[0], nanos[1]);
        System.out.printf(
                Locale.ROOT,
                "RDMSR from the guest and back, medians of %d rounds of %d exits:%n"
                        + "  ours %.1f ns, C %.1f ns, ratio of neighbouring rounds %.3f%n"
                        + "  C that cannot be kicked %.1f ns%n",
                ROUNDS,
                ExitGuest.EXITS,
                median(nanos[0]),
                median(nanos[1]),
                ratio,
                median(nanos[2]));
        String format = "{\"exits\": {\"ours_ns\": %.1f, \"c_ns\": %.1f, \"ratio\": %.4f, \"bare_c_ns\": %.1f}}%n";
        write(json, String.format(Locale.ROOT, format, median(nanos[0]), median(nanos[1]), ratio, median(nanos[2])));
    }

    /** Nanoseconds per exit of each loop and round. */
    static double[][] measure(Loop... loops) throws Exception {
        double[][] nanos = new double[loops.length][ROUNDS];
        for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
            for (int turn = 0; turn < loops.length; turn++) {
                int side = Math.floorMod(round + turn, loops.length);
                long spent = loops[side].roundNanos();
                if (round >= 0) {
                    nanos[side][round] = (double) spent / ExitGuest.EXITS;
                }
            }
        }
        return nanos;
    }

    /** Median of the rounds' ratios: a host that is slow for a while is slow for both sides of a round. */
    static double medianRatio(double[] first, double[] second) {
        double[] ratios = new double[first.length];
        Arrays.setAll(ratios, round -> first[round] / second[round]);
        return median(ratios);
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static void write(Optional<Path> json, String text) throws IOException {
        if (json.isPresent()) {
            Files.writeString(json.get(), text);
        }
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
