package hv.api;

/**
 * The layout that every page-registering MSR shares: bit 0 Enable, bits 63:12 guest page number (TLFS: HYPERCALL,
 * REFERENCE_TSC, VP_ASSIST_PAGE, SIEFP, SIMP). Bits 11:1 are kept as written and mean nothing here.
 */
public final class GuestPage {
    /** Bit 0 of a page-registering MSR. */
    public static final long ENABLE = 1;

    private GuestPage() {}

    /** Whether the guest has switched the page on. */
    public static boolean isEnabled(long msrValue) {
        return (msrValue & ENABLE) != 0;
    }

    /** Guest-physical address of the page's first byte, a multiple of 4096. */
    public static long gpa(long msrValue) {
        return msrValue & -GuestMemory.PAGE_BYTES;
    }

    /** Whether the page is switched on and lies wholly in RAM. */
    public static boolean isUsable(long msrValue, GuestMemory memory) {
        return isEnabled(msrValue) && memory.isRam(gpa(msrValue), GuestMemory.PAGE_BYTES);
    }
}
