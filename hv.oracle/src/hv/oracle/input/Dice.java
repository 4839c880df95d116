package hv.oracle.input;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Choices that a seed decides. For one thread. */
public final class Dice {
    private static final int PERCENT = 100;

    private final RandomGenerator generator;

    /** The same seed makes the same choices. */
    public Dice(long seed) {
        generator = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    int below(int bound) {
        return generator.nextInt(bound);
    }

    boolean chance(int percent) {
        return below(PERCENT) < percent;
    }

    <T> T of(List<T> all) {
        return all.get(below(all.size()));
    }

    @SafeVarargs
    final <T> T of(T... all) {
        return all[below(all.length)];
    }
}
