package hv.fuzz;

import hv.fuzz.target.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Gives a target inputs of random bytes, without Jazzer, until they were so many operations: the same for the same
 * seed. Most inputs are short, since a new guest finds most; some are long, since only a guest that goes on shows what
 * grows. One thread.
 */
final class Seeded {
    private static final int SHORT_BYTES = 1 << 12;
    private static final int LONG_BYTES = 1 << 20;
    private static final int SHORT_FOR_EACH_LONG = 256;
    private static final long TELL_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final String name;
    private final Target target;
    private final WorkFolder work;
    private final int seed;

    Seeded(String name, Target target, WorkFolder work, int seed) {
        this.name = name;
        this.target = target;
        this.work = work;
        this.seed = seed;
    }

    /** Runs at least so many operations, or until something is found. */
    Figures run(long operations) throws IOException {
        long begin = System.nanoTime();
        long told = begin;
        long done = 0;
        int inputs = 0;
        int findings = 0;
        while (done < operations && findings == 0) {
            byte[] input = input(inputs++);
            try {
                done += target.run(input);
            } catch (Throwable e) {
                findings++;
                tell(e, input, inputs);
            }
            if (System.nanoTime() - told > TELL_NANOS) {
                told = System.nanoTime();
                tell(done, told - begin);
            }
        }
        tell(done, System.nanoTime() - begin);
        return new Figures(inputs, done, 0, findings);
    }

    private byte[] input(int number) {
        SplittableRandom random = new SplittableRandom((long) seed << Integer.SIZE | number);
        boolean isLong = number % SHORT_FOR_EACH_LONG == SHORT_FOR_EACH_LONG - 1;
        byte[] input = new byte[random.nextInt(16, isLong ? LONG_BYTES : SHORT_BYTES)];
        random.nextBytes(input);
        return input;
    }

    private void tell(Throwable found, byte[] input, int number) throws IOException {
        System.out.println("finding: " + name);
        found.printStackTrace(System.out);
        Path kept = work.findings().resolve("%s-seed-%d-%d".formatted(name, seed, number));
        Files.write(kept, input);
        System.out.printf("         ./hv fuzz %s --replay %s%n", name, kept);
    }

    private static void tell(long done, long nanos) {
        System.out.printf("%,d operations, %,.0f each second%n", done, done / (nanos / 1e9));
    }
}
