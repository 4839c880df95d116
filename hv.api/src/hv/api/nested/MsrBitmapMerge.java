package hv.api.nested;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Tells when L0 may run L2 with the MSR bitmap it merged last time (hv-emsr-bitmap; TLFS "Nested Virtualization:
 * Enlightened MSR Bitmap"). Without it L0 cannot know whether L1 has changed its 4 KiB bitmap, and merges it with its
 * own at every entry.
 *
 * <p>Obtained from {@link OfPartition}; used on the VP's thread.
 */
@ProviderType
public interface MsrBitmapMerge {
    /** What {@code GuestPartition.service("emsr-bitmap", MsrBitmapMerge.OfPartition.class)} gives. Any thread. */
    @ProviderType
    interface OfPartition {
        /** The part of VP {@code index}, 0 to the number of VPs less 1. */
        MsrBitmapMerge vp(int index);
    }

    /**
     * Whether the entry that {@link EnlightenedVmcs#enter} has just loaded may use the last merged bitmap: L1 has opted
     * in, its clean bit is set, and nothing has forced a new merge since {@link #merged}. For Intel.
     */
    boolean canSkip();

    /** As the other {@code canSkip}, for AMD: another VMCB than last time forces a new merge. */
    boolean canSkip(EnlightenedVmcb vmcb);

    /** The VMM has merged L1's bitmap with its own for the L2 it is about to enter. */
    void merged();

    /**
     * The last merged bitmap must not be used again: L0's own bitmap has changed, or nested state was loaded. {@link
     * EnlightenedVmcs#enter} does this by itself on VMLAUNCH and when another page is active.
     */
    void invalidate();
}
