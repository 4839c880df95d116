package hv.api.nested;

import hv.api.CpuRegisters;
import hv.api.GuestFault;
import hv.api.VpSet;
import java.util.function.LongUnaryOperator;
import org.osgi.annotation.versioning.ProviderType;

/**
 * L2's TLB flush calls, carried out by L0 without waking L1 (hv-tlbflush-direct; TLFS "Nested Virtualization: Direct
 * Virtual Flush").
 *
 * <p>L1 numbers its virtual machines and their processors (VmId, VpId) and says so in the eVMCS or VMCB it enters; L0
 * keeps, for each VP, what it runs now. A flush call of L2 then reaches the VPs that run the same VmId with a VpId that
 * the call names. When L1 holds the TLB lock of that machine (TlbLockCount in its partition assist page is not 0), L0
 * tells it afterwards with a synthetic exit.
 *
 * <p>Obtained from {@link OfPartition}; used on the VP's thread.
 */
@ProviderType
public interface DirectFlush {
    /** What {@code GuestPartition.service("tlbflush-direct", DirectFlush.OfPartition.class)} gives. Any thread. */
    @ProviderType
    interface OfPartition {
        /** The part of VP {@code index}, 0 to the number of VPs less 1. */
        DirectFlush vp(int index);
    }

    /**
     * AMD: the VP enters L2 by this VMCB. On Intel {@link EnlightenedVmcs#enter} tells by itself.
     *
     * @return false if the VP assist page is on but not RAM: the VMM ends VMRUN with #GP, as KVM does
     */
    boolean enter(EnlightenedVmcb vmcb);

    /**
     * Whether a VMCALL or VMMCALL that L2 makes now is L0's: CPUID shows direct flush, L1 has set
     * NestedFlushVirtualHypercall and DirectHypercall, and it is one of the four flush calls. If not, it is an exit to
     * L1 as any other.
     *
     * @param callCode bits 15:0 of the control word (RCX, or EAX outside 64-bit code)
     */
    boolean takes(int callCode);

    /**
     * Carries out a call that {@link #takes} accepts: decodes it as any hypercall, flushes, and writes the result
     * value. The VMM then skips the instruction, and carries out the exit that is returned.
     *
     * @param registers L2's
     * @param toL1 gives the L1 guest-physical address for one of L2's, as L1's nested page tables translate it for
     *     reading, or -1; asked once, for the first byte of an input in memory
     * @return an exit to L1 that is due once the call is complete, or {@link SyntheticExit#NONE}
     * @throws GuestFault #UD to inject into L2; no register has changed
     */
    SyntheticExit call(CpuRegisters registers, LongUnaryOperator toL1) throws GuestFault;

    /**
     * The VPs whose TLB a flush by this VP's L2 must reach: for VMMs that decode and flush themselves.
     *
     * @param isAll whether the call names all processors
     * @param vpIds L1's numbers of the processors it names otherwise
     * @param targets receives indexes of VPs; cleared first
     */
    void targets(boolean isAll, VpSet vpIds, VpSet targets);
}
