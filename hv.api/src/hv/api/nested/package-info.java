/**
 * Nested virtualization with fewer exits: the enlightened VMCS (hv-evmcs), the enlightened MSR bitmap (hv-emsr-bitmap)
 * and the direct flush of L2's TLB (hv-tlbflush-direct). The guest is a hypervisor itself (L1) and runs guests of its
 * own (L2) on a VMM (L0) that emulates VMX or SVM for it. What is here is the enlightened half of that emulation, as a
 * VMM uses it; the VMM keeps the rest. Here rather than in its bundle, so that it can be replaced while a VMM uses it.
 *
 * <p>How a VMM with nested virtualization uses it, once per VP, each object on that VP's thread:
 *
 * <pre>
 *   EnlightenedVmcs evmcs = partition.service("evmcs", EnlightenedVmcs.OfPartition.class).orElseThrow().vp(index);
 *
 *   RDMSR of a VMX capability:  ofPartition.filterCapability(msr, value)
 *   VMLAUNCH, VMRESUME:         switch (evmcs.enter(isLaunch, revisionId))
 *                                 NOT_ENLIGHTENED   use the VMCS of the last VMPTRLD
 *                                 INVALID_OPCODE    inject #UD
 *                                 VMFAIL_INVALID    set CF
 *                                 VMFAIL_VALID      set ZF (the error number is in the page already)
 *                                 ENTERED           run L2 as evmcs.vmcs() says, then evmcs.markClean()
 *   L2 exits to L1:             fill evmcs.vmcs(), then evmcs.writeBack()
 *   VMCLEAR:                    if (evmcs.clear(gpa)) nothing is left to do
 *   VMREAD:                     if (evmcs.isReadable(encoding)) evmcs.read(encoding)
 *   merging MSR bitmaps:        if (!merge.canSkip()) { merge; merge.merged(); }
 *   VMCALL of L2:               if (direct.takes(code)) direct.call(registers, translation) else exit to L1
 * </pre>
 *
 * <p>On AMD there is no enlightened VMCS: the VMM reads an {@link hv.api.nested.EnlightenedVmcb} at each VMRUN and
 * hands it to {@link hv.api.nested.MsrBitmapMerge} and {@link hv.api.nested.DirectFlush}.
 *
 * <p>Pages that L1 shares with L0 lie in its RAM and may change at any moment: each field is read once per entry, and
 * an address that is not RAM ends in a result, never in an exception. What a partition's flags do not promise, does
 * nothing, whether CPUID is enforced or not.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package hv.api.nested;
