package hv.bench.exits;

import hv.api.Enlightenment;
import hv.kvm.Kvm;
import hv.partition.PartitionService;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * {@code ./hv bench exits}: what a filtered RDMSR costs from the guest and back, through all of ours and through the least possible loop
 * in C. Rounds alternate, and which goes first alternates too, so that drift of the host hits both alike; medians are compared.
 */
public final class Exits {
    private static final int WARM_UP_ROUNDS = 6;
    private static final int ROUNDS = 25;

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
        try (JavaLoop ours = new JavaLoop(PartitionService.of(all))) {
            Optional<CLoop> other = CLoop.start();
            if (other.isPresent()) {
                try (CLoop c = other.get()) {
                    compare(ours, c, json);
                }
            } else {
                System.out.println("no C compiler (gcc, cc, clang) on the path: measuring ours only");
                double nanos = median(measure(ours, ours)[0]);
                System.out.printf(Locale.ROOT, "ours %.1f ns per exit%n", nanos);
                write(json, "{\"exits\": {\"ours_ns\": %.1f}}%n".formatted(nanos));
            }
        }
    }

    private static void compare(Loop ours, Loop c, Optional<Path> json) throws Exception {
        double[][] nanos = measure(ours, c);
        double javaNanos = median(nanos[0]);
        double cNanos = median(nanos[1]);
        System.out.printf(
                Locale.ROOT,
                "RDMSR from the guest and back, median of %d rounds of %d: ours %.1f ns, C %.1f ns, ratio %.3f%n",
                ROUNDS,
                ExitGuest.EXITS,
                javaNanos,
                cNanos,
                javaNanos / cNanos);
        write(
                json,
                String.format(
                        Locale.ROOT,
                        "{\"exits\": {\"ours_ns\": %.1f, \"c_ns\": %.1f, \"ratio\": %.4f}}%n",
                        javaNanos,
                        cNanos,
                        javaNanos / cNanos));
    }

    /** Nanoseconds per exit of each round of both. */
    private static double[][] measure(Loop first, Loop second) throws Exception {
        double[][] nanos = new double[2][ROUNDS];
        for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
            for (int turn = 0; turn < 2; turn++) {
                int side = (round & 1) ^ turn;
                long spent = (side == 0 ? first : second).roundNanos();
                if (round >= 0) {
                    nanos[side][round] = (double) spent / ExitGuest.EXITS;
                }
            }
        }
        return nanos;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static void write(Optional<Path> json, String text) throws java.io.IOException {
        if (json.isPresent()) {
            Files.writeString(json.get(), text);
        }
    }
}
