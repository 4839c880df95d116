package hv.evmcs;

import hv.api.GuestMemory;
import hv.api.enlightenment.Peer;
import hv.api.enlightenment.VirtualProcessor;
import hv.api.enlightenment.VpAssistPage;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The nested part of a VP's assist page, as L1 left it at the last {@link #load} (TLFS "Virtual Processors: Virtual
 * Processor Assist Page"): which enlightened VMCS to run, and what L0 may do for L2.
 *
 * <pre>
 *   0x20  u32  NestedEnlightenmentsControl.Features: bit 0 DirectHypercall, bit 1 VirtualizationException
 *   0x24  u32  NestedEnlightenmentsControl.HypercallControls: bit 0 InterPartitionCommunication
 *   0x28  u8   EnlightenVmEntry
 *   0x30  u64  CurrentNestedVmcs
 * </pre>
 */
final class NestedAssist {
    private static final int FEATURES = 0x20;
    private static final int ENLIGHTEN_VM_ENTRY = 0x28;
    private static final int CURRENT_NESTED_VMCS = 0x30;
    private static final int BYTES = CURRENT_NESTED_VMCS + 8 - FEATURES;
    private static final int DIRECT_HYPERCALL = 1;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final Peer<VpAssistPage> location;
    private final GuestMemory memory;
    private final byte[] copy = new byte[BYTES];

    NestedAssist(VirtualProcessor vp) {
        this.location = vp.peer("vapic", VpAssistPage.class);
        this.memory = vp.partition().memory();
    }

    /** Whether L1 has switched the page on; it may lie anywhere. */
    boolean isEnabled() {
        return location.isPresent() && location.get().isEnabled();
    }

    /** Reads the page; false if it is off or not RAM. */
    boolean load() {
        if (!isEnabled()) {
            return false;
        }
        long page = location.get().gpa();
        if (!memory.isRam(page, GuestMemory.PAGE_BYTES)) {
            return false;
        }
        memory.read(page + FEATURES, copy, 0, BYTES);
        return true;
    }

    /** L1 wants L0 to carry out L2's calls. */
    boolean isDirectHypercall() {
        return ((int) INT.get(copy, 0) & DIRECT_HYPERCALL) != 0;
    }

    /** L1 runs L2 by {@link #currentNestedVmcs} rather than by VMPTRLD. */
    boolean isEnlightenVmEntry() {
        return copy[ENLIGHTEN_VM_ENTRY - FEATURES] != 0;
    }

    /** Guest-physical address of the enlightened VMCS; any value. */
    long currentNestedVmcs() {
        return (long) LONG.get(copy, CURRENT_NESTED_VMCS - FEATURES);
    }
}
