package hv.evmcs;

import hv.api.GuestMemory;
import hv.api.StateException;
import hv.api.enlightenment.Peer;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.enlightenment.VirtualProcessor;
import hv.api.enlightenment.VpAttachment;
import hv.api.nested.CleanGroup;
import hv.api.nested.EnlightenedVmcs;
import hv.api.nested.EntryResult;
import hv.api.nested.EvmcsField;
import hv.api.nested.FieldUse;
import hv.api.nested.MsrBitmapMerge;
import hv.api.nested.Vmcs;

/**
 * The enlightened VMCS on one VP. Keeps the private copy and the address of the active page; looks at the page itself
 * only during {@link #enter}, {@link #markClean}, {@link #writeBack} and {@link #read}, and asks each time whether it
 * is RAM.
 *
 * <p>Tells the two companions on the same VP what an entry means for them: the MSR bitmap must be merged anew after a
 * full load, and whether L2's flush calls are L0's.
 */
final class EvmcsVp implements EnlightenedVmcs, VpAttachment {
    static final int VERSION = 1;

    /** Address that stands for "no page", also as CurrentNestedVmcs. */
    static final long INVALID = -1;

    /** The other address that KVM does not take for a page: it marks a page that is yet to be found after a restore. */
    static final long MAP_PENDING = -2;

    /** VM-instruction error: VM entry with invalid control fields. */
    private static final int INVALID_CONTROL_FIELDS = 7;

    private final GuestMemory memory;
    private final boolean isPromised;
    private final boolean isDirectPromised;
    private final NestedAssist assist;
    private final Peer<MsrBitmapMerge> merge;
    private final Peer<NestedIdentity> direct;
    private final Vmcs vmcs = new Vmcs();
    private long gpa = INVALID;
    private boolean isRestored;

    /** Whether direct flush was away when it was to be told which L2 this VP runs. */
    private boolean isUnidentified;

    EvmcsVp(VirtualProcessor vp) {
        this.memory = vp.partition().memory();
        this.isPromised = vp.partition().configuration().isEnabled("evmcs");
        this.isDirectPromised = vp.partition().configuration().isEnabled("tlbflush-direct");
        this.assist = new NestedAssist(vp);
        this.merge = vp.peer("emsr-bitmap", MsrBitmapMerge.class);
        this.direct = vp.peer("tlbflush-direct", NestedIdentity.class);
    }

    @Override
    public EntryResult enter(boolean isLaunch, int revisionId) {
        if (!isPromised) {
            return EntryResult.NOT_ENLIGHTENED;
        }
        long pointer = pointer();
        if (pointer == INVALID) {
            release();
            return EntryResult.NOT_ENLIGHTENED;
        }
        boolean isOther = pointer != gpa || isRestored;
        long page = page(pointer);
        if (!memory.isRam(page, GuestMemory.PAGE_BYTES)) {
            release();
            return EntryResult.INVALID_OPCODE;
        }
        if (isOther) {
            int version = memory.getInt(page);
            if (version != VERSION && version != revisionId) {
                release();
                return EntryResult.VMFAIL_INVALID;
            }
            takeUp(pointer, isLaunch);
        }
        load(page, isLaunch || isOther);
        if (!VmxCapabilities.areControlsSupported(vmcs)) {
            vmcs.set(EvmcsField.INSTRUCTION_ERROR, INVALID_CONTROL_FIELDS);
            Transfer.store(memory, page, vmcs);
            return EntryResult.VMFAIL_VALID;
        }
        return EntryResult.ENTERED;
    }

    /** The address L1 asks for; {@link #INVALID} if it asks for none. */
    private long pointer() {
        if (!assist.load() || !assist.isEnlightenVmEntry()) {
            return INVALID;
        }
        long pointer = assist.currentNestedVmcs();
        return pointer == MAP_PENDING ? INVALID : pointer;
    }

    private void takeUp(long pointer, boolean isLaunch) {
        gpa = pointer;
        isRestored = false;
        if (isLaunch) {
            // An entry does not take over every field, and nothing of another L2 must be left in those.
            vmcs.clear();
        }
    }

    private void load(long page, boolean isFull) {
        if (isFull) {
            memory.getAndBitwiseAndInt(page + EvmcsField.CLEAN_FIELDS.offset(), ~CleanGroup.ALL);
            if (merge.isPresent()) {
                merge.get().invalidate();
            }
        }
        Transfer.loadAlways(memory, page, vmcs);
        int cleanFields = (int) vmcs.get(EvmcsField.CLEAN_FIELDS);
        if (isFull) {
            // Not what the page says: another VP of L1 may have set bits in between.
            cleanFields &= ~CleanGroup.ALL;
            vmcs.set(EvmcsField.CLEAN_FIELDS, cleanFields);
        }
        Transfer.loadDirty(memory, page, vmcs, cleanFields);
        identify();
    }

    private void release() {
        gpa = INVALID;
        isRestored = false;
        identify();
    }

    /**
     * Tells the companion for direct flush which L2 this VP runs now, or that it runs none; at its return if it is
     * away.
     */
    private void identify() {
        isUnidentified = isDirectPromised && !direct.isPresent();
        if (!isDirectPromised || isUnidentified) {
            return;
        }
        if (isActive()) {
            direct.get()
                    .enter(
                            isOptedIn(Vmcs.NESTED_FLUSH_VIRTUAL_HYPERCALL) && assist.isDirectHypercall(),
                            vmcs.get(EvmcsField.VM_ID),
                            (int) vmcs.get(EvmcsField.VP_ID),
                            vmcs.get(EvmcsField.PARTITION_ASSIST_PAGE));
        } else {
            direct.get().leave();
        }
    }

    @Override
    public void returned(String id) {
        if (isUnidentified) {
            identify();
        }
    }

    @Override
    public Vmcs vmcs() {
        return vmcs;
    }

    @Override
    public void markClean() {
        if (isUsable()) {
            memory.getAndBitwiseOrInt(page(gpa) + EvmcsField.CLEAN_FIELDS.offset(), CleanGroup.ALL);
        }
    }

    @Override
    public boolean writeBack() {
        if (!isUsable()) {
            return false;
        }
        Transfer.store(memory, page(gpa), vmcs);
        return true;
    }

    @Override
    public boolean clear(long cleared) {
        if (!isPromised || pointer() == INVALID) {
            return false;
        }
        if (isActive() && cleared == gpa) {
            release();
        }
        return true;
    }

    @Override
    public boolean isActive() {
        return gpa != INVALID;
    }

    @Override
    public long gpa() {
        return gpa;
    }

    @Override
    public boolean isReadable(int encoding) {
        EvmcsField field = Vmcs.field(encoding);
        return field != null && field.use() != FieldUse.UNUSED;
    }

    @Override
    public long read(int encoding) {
        if (!isReadable(encoding) || !isUsable()) {
            return 0;
        }
        EvmcsField field = Vmcs.field(encoding);
        long at = page(gpa) + field.offset();
        return switch (field.bytes()) {
            case 2 -> memory.getInt(at) & 0xFFFFL;
            case 4 -> memory.getInt(at) & 0xFFFF_FFFFL;
            default -> memory.getLong(at);
        };
    }

    /** Whether L1 has set {@code bit} of EnlightenmentsControl for the L2 it runs. */
    boolean isOptedIn(int bit) {
        return isActive() && (vmcs.get(EvmcsField.ENLIGHTENMENTS_CONTROL) & bit) != 0;
    }

    private boolean isUsable() {
        return isActive() && memory.isRam(page(gpa), GuestMemory.PAGE_BYTES);
    }

    private static long page(long address) {
        return address & -GuestMemory.PAGE_BYTES;
    }

    @Override
    public void save(StateWriter out) {
        out.put("CurrentNestedVmcs", gpa);
        out.put("EnlightenedVmcs", vmcs.image());
    }

    @Override
    public void restore(StateReader in) throws StateException {
        long savedGpa = in.get("CurrentNestedVmcs");
        byte[] image = in.bytes("EnlightenedVmcs");
        if (savedGpa == MAP_PENDING) {
            throw new StateException("evmcs: CurrentNestedVmcs 0x%x is no address".formatted(savedGpa));
        }
        if (image.length != EvmcsField.LAYOUT_BYTES) {
            throw new StateException("evmcs: EnlightenedVmcs has %d bytes instead of %d"
                    .formatted(image.length, EvmcsField.LAYOUT_BYTES));
        }
        gpa = savedGpa;
        // L1's clean bits speak of an entry on another host, perhaps.
        isRestored = true;
        System.arraycopy(image, 0, vmcs.image(), 0, image.length);
        if (merge.isPresent()) {
            merge.get().invalidate();
        }
    }

    @Override
    public void reset() {
        gpa = INVALID;
        isRestored = false;
        isUnidentified = false;
        vmcs.clear();
    }
}
