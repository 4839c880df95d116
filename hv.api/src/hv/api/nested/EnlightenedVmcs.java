package hv.api.nested;

import org.osgi.annotation.versioning.ProviderType;

/**
 * The enlightened VMCS of one VP: a page in L1's memory that L1 fills with plain stores instead of VMWRITE (TLFS
 * "Nested Virtualization: Enlightened VMCS"). Obtained from {@link OfPartition}; used on the VP's thread.
 *
 * <p>L1 points the VP assist page at the page; each VMLAUNCH and VMRESUME looks there. CleanFields in the page says
 * which groups of fields have not changed since the last entry, so that L0 takes over the others only. Without hv-evmcs
 * in the flags nothing here takes effect.
 */
@ProviderType
public interface EnlightenedVmcs {
    /** What {@code GuestPartition.service("evmcs", EnlightenedVmcs.OfPartition.class)} gives. Any thread. */
    @ProviderType
    interface OfPartition {
        /** The part of VP {@code index}, 0 to the number of VPs less 1. */
        EnlightenedVmcs vp(int index);

        /**
         * What L1 reads from VMX capability MSR {@code msr} when the VMM's value is {@code value}: features that have
         * no field in the page are hidden, as KVM hides them.
         */
        long filterCapability(int msr, long value);
    }

    /**
     * Carries out the first half of VMLAUNCH or VMRESUME: finds the page through the VP assist page and takes over what
     * has changed. Everything is taken over on VMLAUNCH, when another page is active than before, and after a restore;
     * CleanFields is cleared in the page then.
     *
     * <p>There is no launch state: either instruction works at any time. A page is checked for its version only when it
     * is taken up. An address that is not page-aligned means the page that contains it.
     *
     * @param isLaunch VMLAUNCH rather than VMRESUME
     * @param revisionId the VMCS revision that L1 sees in IA32_VMX_BASIC; accepted for a version too, because Hyper-V
     *     writes it
     */
    EntryResult enter(boolean isLaunch, int revisionId);

    /** The private copy; always the same object. The VMM writes L2's state and the exit information into it. */
    Vmcs vmcs();

    /**
     * Says in the page that L0 has everything: sets all bits of CleanFields, as KVM does when it has prepared the
     * entry, because Hyper-V only ever clears them. For entries that came so far; not after a VMfail, nor when L2's
     * state was refused.
     */
    void markClean();

    /**
     * Writes exit information and L2's state from the private copy to the page: at an exit to L1, and after VMfailValid
     * with {@link EvmcsField#INSTRUCTION_ERROR} set. Not written, as in KVM: host state, bitmaps, execution controls
     * but the primary ones, exit controls, exception bitmap, EPT root, TSC offset, masks and shadows, link pointer,
     * DEBUGCTL, PERF_GLOBAL_CTRL, TPR threshold.
     *
     * @return false if no page is active or it is no longer RAM; nothing was written then
     */
    boolean writeBack();

    /**
     * Carries out VMCLEAR where enlightened entry is on. The page at {@code gpa} stops being active; nothing is written
     * to it, since each exit has written back already.
     *
     * @return false if enlightened entry is off: the VMM clears an ordinary VMCS
     */
    boolean clear(long gpa);

    /**
     * Whether a page is active: taken up by {@link #enter} and not left since. VMPTRLD and VMWRITE have no effect then.
     */
    boolean isActive();

    /** Guest-physical address of the active page, as L1 gave it; -1 if no page is active. */
    long gpa();

    /**
     * Whether VMREAD of {@code encoding} has an answer while a page is active; if not, the VMM ends it with VMfailValid
     * 12.
     */
    boolean isReadable(int encoding);

    /**
     * VMREAD of {@code encoding} from the active page. The TLFS leaves it undefined; KVM answers, because Windows 11
     * does it.
     *
     * @return the value in the page now, zero-extended; 0 unless {@link #isReadable}
     */
    long read(int encoding);
}
