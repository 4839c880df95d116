/**
 * Nested virtualization with fewer exits: the enlightened VMCS (hv-evmcs), the enlightened MSR bitmap (hv-emsr-bitmap)
 * and the direct flush of L2's TLB (hv-tlbflush-direct). What a VMM uses of it is {@link hv.api.nested}.
 *
 * <p>Pages that L1 shares with L0 lie in its RAM and may change at any moment: each field is read once per entry, and
 * an address that is not RAM ends in a result, never in an exception. What a partition's flags do not promise, does
 * nothing, whether CPUID is enforced or not.
 */
package hv.evmcs;
