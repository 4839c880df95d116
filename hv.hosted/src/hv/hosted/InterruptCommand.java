package hv.hosted;

/**
 * A value of the interrupt command register in xAPIC mode: vector in bits 7:0, delivery mode in 10:8, logical
 * destination in 11, level and trigger mode in 14 and 15, shorthand in 19:18, destination in 63:56. Immutable.
 *
 * @param value the register
 */
record InterruptCommand(long value) {
    private static final long DELIVERY_STATUS = 1L << 12;
    private static final long LOGICAL = 1L << 11;
    private static final long LEVEL_ASSERT = 1L << 14;
    private static final long LEVEL_TRIGGERED = 1L << 15;
    private static final int BROADCAST = 0xFF;

    private static final int FIXED = 0;
    private static final int LOWEST_PRIORITY = 1;

    /** Who is meant. */
    enum Shorthand {
        NONE,
        SELF,
        ALL,
        OTHERS
    }

    /** What the register keeps of a value that was written: everything but the delivery status. */
    static long stored(long written) {
        return written & ~DELIVERY_STATUS;
    }

    int vector() {
        return (int) value & 0xFF;
    }

    /** Whether it puts a vector into IRRs: fixed or lowest priority, and not the withdrawal of a level. */
    boolean isInterrupt() {
        boolean isWithdrawal = (value & LEVEL_TRIGGERED) != 0 && (value & LEVEL_ASSERT) == 0;
        return deliveryMode() <= LOWEST_PRIORITY && !isWithdrawal;
    }

    /** Whether one of the targets gets it, not all; a physical broadcast goes to all. */
    boolean isForOneTarget() {
        boolean isPhysicalBroadcast =
                shorthand() == Shorthand.NONE && (value & LOGICAL) == 0 && destination() == BROADCAST;
        return deliveryMode() != FIXED && !isPhysicalBroadcast;
    }

    private int deliveryMode() {
        return (int) value >>> 8 & 7;
    }

    Shorthand shorthand() {
        return Shorthand.values()[(int) value >>> 18 & 3];
    }

    private int destination() {
        return (int) (value >>> 56);
    }

    /**
     * Whether VP {@code target} is meant when VP {@code sender} writes this. Logical ids are all zero after reset, so a
     * logical destination reaches everybody or nobody.
     */
    boolean reaches(int sender, int target) {
        return switch (shorthand()) {
            case SELF -> target == sender;
            case ALL -> true;
            case OTHERS -> target != sender;
            case NONE -> destination() == BROADCAST || (value & LOGICAL) == 0 && destination() == target;
        };
    }
}
