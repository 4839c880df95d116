package hv.flags;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The version of a program, as people count it: {@code 10.7} is later than {@code 9.0}. Immutable.
 *
 * @param numbers at most three
 */
public record Release(List<Integer> numbers) implements Comparable<Release> {
    private static final Pattern FORM = Pattern.compile("\\d{1,4}(\\.\\d{1,4}){0,2}");

    /** Copies the list. */
    public Release {
        numbers = List.copyOf(numbers);
    }

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException if it is not one to three numbers with points between them
     */
    public static Release of(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("a version is written as 9.0, not '" + Shown.of(text, Shown.WORD) + "'");
        }
        List<Integer> numbers = new ArrayList<>();
        for (String number : text.split("\\.")) {
            numbers.add(Integer.parseInt(number));
        }
        return new Release(numbers);
    }

    @Override
    public int compareTo(Release other) {
        for (int i = 0; i < Math.max(numbers.size(), other.numbers.size()); i++) {
            int difference = Integer.compare(number(i), other.number(i));
            if (difference != 0) {
                return difference;
            }
        }
        return 0;
    }

    private int number(int index) {
        return index < numbers.size() ? numbers.get(index) : 0;
    }

    @Override
    public String toString() {
        return String.join(".", numbers.stream().map(String::valueOf).toList());
    }
}
