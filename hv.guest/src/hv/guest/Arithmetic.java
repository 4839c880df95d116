package hv.guest;

/** The operations that take two values and give one: 64 bits, wrapping, unsigned. */
final class Arithmetic {
    private Arithmetic() {}

    static long compute(Operation operation, long a, long b) throws PartFailure {
        boolean isWide = Long.compareUnsigned(b, Long.SIZE) >= 0;
        return switch (operation) {
            case ADD -> a + b;
            case SUB -> a - b;
            case AND -> a & b;
            case OR -> a | b;
            case XOR -> a ^ b;
            case SHL -> isWide ? 0 : a << b;
            case SHR -> isWide ? 0 : a >>> b;
            case MUL -> a * b;
            case MULHI -> Math.unsignedMultiplyHigh(a, b);
            case DIV -> Long.divideUnsigned(a, divisor(b));
            case REM -> Long.remainderUnsigned(a, divisor(b));
            default -> throw new AssertionError(operation);
        };
    }

    private static long divisor(long b) throws PartFailure {
        if (b == 0) {
            throw new PartFailure("division by zero");
        }
        return b;
    }
}
