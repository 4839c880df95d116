package hv.api.enlightenment;

import java.util.Objects;

/**
 * A run of synthetic MSRs that an enlightenment answers.
 *
 * @param first first index, 0x40000000 to 0x400001FF
 * @param last last index, inclusive, not below {@code first}
 * @param name the TLFS name ({@code HV_X64_MSR_...}); for several MSRs the name of the first
 * @param access what the guest may do; the partition answers everything else with #GP
 * @param privilege what the guest's CPUID must show
 */
public record MsrRange(int first, int last, String name, Access access, Privilege privilege) {
    /** Lowest index that the partition routes. */
    public static final int WINDOW_FIRST = 0x4000_0000;

    /** Highest index that the partition routes. */
    public static final int WINDOW_LAST = 0x4000_01FF;

    /** What a guest may do with an MSR. */
    public enum Access {
        READ_ONLY,
        WRITE_ONLY,
        READ_WRITE
    }

    /** Checks the ranges above. */
    public MsrRange {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(access, "access");
        Objects.requireNonNull(privilege, "privilege");
        if (first < WINDOW_FIRST || last > WINDOW_LAST || last < first) {
            throw new IllegalArgumentException("%s: bad MSR range 0x%08x-0x%08x".formatted(name, first, last));
        }
    }

    /** One MSR. */
    public static MsrRange of(int msr, String name, Access access, Privilege privilege) {
        return new MsrRange(msr, msr, name, access, privilege);
    }

    /** Whether {@code msr} lies in this range. */
    public boolean contains(int msr) {
        return msr >= first && msr <= last;
    }

    /** Whether the two ranges share an MSR. */
    public boolean overlaps(MsrRange other) {
        return first <= other.last && other.first <= last;
    }
}
