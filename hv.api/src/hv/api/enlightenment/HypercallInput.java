package hv.api.enlightenment;

import hv.api.HvStatus;
import hv.api.VpSet;
import org.osgi.annotation.versioning.ProviderType;

/**
 * One hypercall as its handler sees it: decoded, checked against its {@link HypercallSpec}, the same whether the guest
 * passed its input in memory, in registers or in XMM registers.
 *
 * <p>Given by the partition to a {@link HypercallHandler}; one object per VP, reused, valid during the call and on that
 * VP's thread only.
 */
@ProviderType
public interface HypercallInput {
    /** Whether the input came in registers (control word bit 16). */
    boolean isFast();

    /** Elements in the list, 1 to 4095; 0 for a call without repetitions (control word bits 43:32). */
    int repCount();

    /** Size of the variable header in 8-byte units, 0 to 1023 (control word bits 26:17). */
    int variableQwords();

    /** Address of the input in memory; for a fast call the first eight bytes of it (RDX). */
    long inputGpa();

    /**
     * Fetches the fixed header. Call it before {@link #qword}; a handler that has reasons to refuse first, refuses
     * first.
     *
     * @return {@link HvStatus#SUCCESS}, or the status to return to the guest: the address breaks the spec's
     *     {@link HypercallSpec.MemoryRule}, is not RAM, or the registers cannot hold so much
     */
    int fetch();

    /** Eight bytes of the fixed header at byte offset {@code 8 * index}. */
    long qword(int index);

    /**
     * Reads a sparse set of VPs (TLFS "Hypercall Interface: Sparse Virtual Processor Set"): header qword
     * {@code maskIndex} names the banks, the variable header has one 8-byte bank for each of its bits, in ascending
     * order.
     *
     * <p>As in KVM, banks that cannot name a VP of this partition are counted and then passed over.
     *
     * @param set receives those of the VPs that exist; cleared first
     * @return {@link HvStatus#SUCCESS}, or {@link HvStatus#INVALID_HYPERCALL_INPUT} if the variable header has another
     *     size or cannot be read
     */
    int vpSet(int maskIndex, VpSet set);

    /**
     * Fetches list elements of 8 bytes, from the one at {@code first}. The list follows the variable header.
     *
     * @param to receives {@code count} elements
     * @return {@link HvStatus#SUCCESS} or {@link HvStatus#INVALID_HYPERCALL_INPUT}
     */
    int list(int first, int count, long[] to);
}
