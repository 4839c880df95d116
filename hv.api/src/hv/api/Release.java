package hv.api;

/**
 * Version of what provides an enlightenment or a kind of device, ordered as OSGi orders versions. Immutable; any
 * thread.
 *
 * @param major first number
 * @param minor second number
 * @param micro third number
 * @param qualifier text behind the numbers, or empty
 */
public record Release(int major, int minor, int micro, String qualifier) implements Comparable<Release> {
    /** The version of modules and classes, which have none. */
    public static final Release NONE = new Release(0, 0, 0, "");

    /** Reads a version as OSGi writes it, {@code 0.1.1} or {@code 0.1.1.beta}; what is no number counts as 0. */
    public static Release of(String version) {
        String[] parts = version.strip().split("[.-]", 4);
        int[] numbers = new int[3];
        for (int i = 0; i < Math.min(numbers.length, parts.length); i++) {
            numbers[i] = parts[i].matches("\\d{1,9}") ? Integer.parseInt(parts[i]) : 0;
        }
        return new Release(numbers[0], numbers[1], numbers[2], parts.length > 3 ? parts[3] : "");
    }

    @Override
    public int compareTo(Release other) {
        int order = Integer.compare(major, other.major);
        order = order != 0 ? order : Integer.compare(minor, other.minor);
        order = order != 0 ? order : Integer.compare(micro, other.micro);
        return order != 0 ? order : qualifier.compareTo(other.qualifier);
    }
}
