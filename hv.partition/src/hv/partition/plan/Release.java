package hv.partition.plan;

/**
 * Version of what provides an enlightenment, ordered as OSGi orders versions. Immutable.
 *
 * @param major first number
 * @param minor second number
 * @param micro third number
 * @param qualifier text behind the numbers, or empty
 */
public record Release(int major, int minor, int micro, String qualifier) implements Comparable<Release> {
    /** The version of modules and classes, which have none. */
    public static final Release NONE = new Release(0, 0, 0, "");

    @Override
    public int compareTo(Release other) {
        int order = Integer.compare(major, other.major);
        order = order != 0 ? order : Integer.compare(minor, other.minor);
        order = order != 0 ? order : Integer.compare(micro, other.micro);
        return order != 0 ? order : qualifier.compareTo(other.qualifier);
    }
}
