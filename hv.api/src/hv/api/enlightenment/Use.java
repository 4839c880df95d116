package hv.api.enlightenment;

/** What an enlightenment is good for; profiles are put together by it. */
public enum Use {
    /** Every guest that knows Hyper-V: without it an idle guest is busy, or a late one takes itself for broken. */
    ESSENTIAL,
    /** Windows uses it. */
    WINDOWS,
    /** Linux uses it. */
    LINUX,
    /** A guest that is a hypervisor itself uses it, and no other. */
    NESTED
}
