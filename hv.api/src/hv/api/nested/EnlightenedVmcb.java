package hv.api.nested;

import hv.api.GuestMemory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * What an L1 on AMD says to L0 in the reserved end of a VMCB's control area (TLFS "Nested Virtualization:
 * Enlightenments on AMD"), as it was at the last {@link #load}. AMD's VMCB is plain memory already, so there is no
 * counterpart of the enlightened VMCS itself.
 *
 * <pre>
 *   0x3E0  u32  EnlightenmentsControl: bit 0 NestedFlushVirtualHypercall, bit 1 MsrBitmap, bit 2 EnlightenedNptTlb
 *   0x3E4  u32  VpId
 *   0x3E8  u64  VmId
 *   0x3F0  u64  PartitionAssistPage
 *   0x0C0  u32  VMCB clean bits; bit 31 covers the above and the contents of the MSR bitmap
 * </pre>
 *
 * <p>Made by the VMM, one per VP, loaded at each VMRUN; used on that VP's thread.
 */
public final class EnlightenedVmcb {
    private static final int FIRST = 0x3E0;
    private static final int BYTES = 0x18;
    private static final int CLEAN_BITS = 0x0C0;
    private static final int CLEAN_NESTED_ENLIGHTENMENTS = 1 << 31;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] copy = new byte[BYTES];
    private int cleanBits;
    private long gpa = -1;

    /** One that says nothing until it is loaded. */
    public EnlightenedVmcb() {}

    /**
     * Reads the VMCB that L1 runs.
     *
     * @param vmcbGpa any value
     * @return false if it is not RAM; nothing has changed then
     */
    public boolean load(GuestMemory memory, long vmcbGpa) {
        if (!memory.isRam(vmcbGpa, GuestMemory.PAGE_BYTES)) {
            return false;
        }
        memory.read(vmcbGpa + FIRST, copy, 0, BYTES);
        cleanBits = memory.getInt(vmcbGpa + CLEAN_BITS);
        gpa = vmcbGpa;
        return true;
    }

    /** Guest-physical address of the VMCB; -1 before the first {@link #load}. */
    public long gpa() {
        return gpa;
    }

    /** L1 lets L0 carry out L2's flush calls. */
    public boolean isNestedFlush() {
        return ((int) INT.get(copy, 0) & Vmcs.NESTED_FLUSH_VIRTUAL_HYPERCALL) != 0;
    }

    /** L1 keeps the clean bit for its MSR bitmap. */
    public boolean isMsrBitmap() {
        return ((int) INT.get(copy, 0) & Vmcs.ENLIGHTENED_MSR_BITMAP) != 0;
    }

    /** L1's number for the processor of L2. */
    public int vpId() {
        return (int) INT.get(copy, 4);
    }

    /** L1's number for L2. */
    public long vmId() {
        return (long) LONG.get(copy, 8);
    }

    /** Guest-physical address of the page with TlbLockCount; any value. */
    public long partitionAssistPage() {
        return (long) LONG.get(copy, 16);
    }

    /** Whether VMCB clean bit 31 is set: nothing that it covers has changed since the last VMRUN of this VMCB. */
    public boolean isClean() {
        return (cleanBits & CLEAN_NESTED_ENLIGHTENMENTS) != 0;
    }
}
