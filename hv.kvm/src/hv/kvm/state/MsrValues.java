package hv.kvm.state;

import java.util.Arrays;

/**
 * MSRs with their values. Immutable. VPs of a kind have the same MSRs and share their {@link Names}, so that a VP's
 * part of the state of a large machine is its values alone.
 *
 * @param names which ones
 * @param values in the order of the names; owned by this record: do not change them
 */
record MsrValues(Names names, long[] values) {
    /** Numbers of MSRs in ascending order, and what saved state calls them. Immutable. */
    static final class Names {
        private final int[] numbers;
        private final String[] names;

        /** Takes over {@code numbers}. */
        Names(int... numbers) {
            this.numbers = numbers;
            this.names = Arrays.stream(numbers).mapToObj("0x%x"::formatted).toArray(String[]::new);
        }

        int count() {
            return numbers.length;
        }

        int number(int index) {
            return numbers[index];
        }

        /** As {@code 0x174}. */
        String name(int index) {
            return names[index];
        }

        boolean areThese(int... others) {
            return Arrays.equals(numbers, others);
        }
    }
}
