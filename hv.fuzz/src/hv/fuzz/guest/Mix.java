package hv.fuzz.guest;

import hv.fuzz.target.Choices;
import java.util.List;

/** Which attacks there are, and how often each is made. */
final class Mix {
    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;

    /**
     * An attack.
     *
     * @param weight how often it is made, against the sum of all weights
     * @param attack the attack
     * @param mostMillis processor time that it may take
     * @param mostBytes what it may allocate
     */
    record Kind(int weight, Attack attack, int mostMillis, int mostBytes) {
        String name() {
            return attack.getClass().getSimpleName();
        }
    }

    private final List<Kind> kinds;
    private final int sum;

    private Mix(Kind... kinds) {
        this.kinds = List.of(kinds);
        this.sum = this.kinds.stream().mapToInt(Kind::weight).sum();
    }

    /** Most of what a guest does, some of what others do, little of what takes long. */
    static Mix everything() {
        return new Mix(
                new Kind(90, new MsrAttack(), 100, 64 * KIB),
                new Kind(70, new CallAttack(), 100, 64 * KIB),
                new Kind(25, new InterruptAttack(), 100, 256 * KIB),
                new Kind(16, new ClockAttack(), 200, MIB),
                new Kind(14, new MemoryAttack(), 100, 64 * KIB),
                new Kind(14, new PortAttack(), 200, MIB),
                new Kind(12, new NestedAttack(), 200, MIB),
                new Kind(8, new LookAttack(), 500, 8 * MIB),
                new Kind(4, new StateAttack(), 1_000, 64 * MIB),
                new Kind(3, new SwapAttack(), 1_000, 64 * MIB));
    }

    /** What reads and writes pages of the guest. */
    static Mix pages() {
        return new Mix(
                new Kind(80, new MsrAttack(), 100, 64 * KIB),
                new Kind(60, new CallAttack(), 100, 64 * KIB),
                new Kind(40, new InterruptAttack(), 100, 256 * KIB),
                new Kind(20, new ClockAttack(), 200, MIB),
                new Kind(30, new PortAttack(), 200, MIB),
                new Kind(26, new NestedAttack(), 200, MIB));
    }

    /** The next attack. */
    Kind choose(Choices choices) {
        int rest = choices.below(sum);
        for (Kind kind : kinds) {
            rest -= kind.weight();
            if (rest < 0) {
                return kind;
            }
        }
        throw new AssertionError("below() is below the sum");
    }
}
