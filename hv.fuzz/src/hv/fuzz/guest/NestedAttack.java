package hv.fuzz.guest;

import hv.api.CpuRegisters.Mode;
import hv.api.GuestFault;
import hv.api.GuestMemory;
import hv.api.nested.DirectFlush;
import hv.api.nested.EnlightenedVmcb;
import hv.api.nested.EnlightenedVmcs;
import hv.api.nested.MsrBitmapMerge;
import hv.fuzz.target.Choices;

/**
 * A guest that is a hypervisor: the pages that it names for its own guests, entries and exits, and calls of those
 * guests.
 */
final class NestedAttack implements Attack {
    private static final int ASSIST = 0x4000_0073;
    private static final int NESTED_CONTROL = 0x20;
    private static final int ENLIGHTENED_ENTRY = 0x28;
    private static final int CURRENT_VMCS = 0x30;
    private static final int[] CALLS = {0x02, 0x03, 0x13, 0x14, 0x05};

    private final EnlightenedVmcb vmcb = new EnlightenedVmcb();

    @Override
    public void on(AttackedPartition partition, Choices choices) {
        int vp = choices.below(partition.vps.length);
        prepare(partition, vp, choices);
        partition
                .partition
                .service("evmcs", EnlightenedVmcs.OfPartition.class)
                .ifPresent(all -> enter(partition, all, vp, choices));
        partition.askForNestedPage(vp);
        partition
                .partition
                .service("tlbflush-direct", DirectFlush.OfPartition.class)
                .ifPresent(all -> flush(partition, all.vp(vp), choices));
        partition
                .partition
                .service("emsr-bitmap", MsrBitmapMerge.OfPartition.class)
                .ifPresent(all -> merge(partition, all.vp(vp), choices));
    }

    /** Fills the assist page and the VMCS that it names, if the guest has an assist page. */
    private static void prepare(AttackedPartition partition, int vp, Choices choices) {
        long assist;
        try {
            assist = partition.vps[vp].readMsr(ASSIST);
        } catch (GuestFault e) {
            return;
        }
        GuestMemory memory = partition.memory();
        long page = assist & -GuestMemory.PAGE_BYTES;
        if ((assist & 1) == 0 || !memory.isRam(page, GuestMemory.PAGE_BYTES)) {
            return;
        }
        if (choices.either()) {
            memory.putInt(page + NESTED_CONTROL, choices.below(4));
            memory.putInt(page + ENLIGHTENED_ENTRY, choices.below(3));
            memory.putLong(page + CURRENT_VMCS, Addresses.page(choices, partition.memoryBytes()));
        }
        long vmcs = memory.getLong(page + CURRENT_VMCS) & -GuestMemory.PAGE_BYTES;
        if (choices.either() && memory.isRam(vmcs, GuestMemory.PAGE_BYTES)) {
            for (int i = choices.below(20); i > 0; i--) {
                memory.putLong(vmcs + 8 * choices.below(512), choices.either() ? choices.any() : 0);
            }
            memory.putInt(vmcs, choices.oneIn(4) ? (int) choices.any() : 1);
        }
    }

    private static void enter(AttackedPartition partition, EnlightenedVmcs.OfPartition all, int vp, Choices choices) {
        EnlightenedVmcs vmcs = all.vp(vp);
        switch (choices.below(7)) {
            case 0, 1 ->
                partition.answer(vmcs.enter(choices.either(), choices.below(4)).ordinal());
            case 2 -> vmcs.markClean();
            case 3 -> partition.answer(vmcs.writeBack() ? 1 : 0);
            case 4 -> partition.answer(vmcs.clear(Addresses.choose(choices, partition.memoryBytes())) ? 1 : 0);
            case 5 -> {
                int encoding = choices.oneIn(3) ? (int) choices.any() : choices.below(0x7000);
                partition.answer(vmcs.read(encoding));
                partition.answer(vmcs.isReadable(encoding) ? 1 : 0);
                vmcs.vmcs().set(encoding, choices.any());
            }
            default -> partition.answer(all.filterCapability(0x480 + choices.below(20), choices.any()));
        }
    }

    private void flush(AttackedPartition partition, DirectFlush flush, Choices choices) {
        if (choices.oneIn(3)) {
            vmcb.load(partition.watchedMemory(), Addresses.choose(choices, partition.memoryBytes()));
            flush.enter(vmcb);
        }
        int code = CALLS[choices.below(CALLS.length)];
        if (!flush.takes(code)) {
            return;
        }
        long control =
                code | (long) choices.below(2) << 16 | (long) choices.below(20) << 17 | (long) choices.below(20) << 32;
        long input = Addresses.choose(choices, partition.memoryBytes());
        long lie = choices.oneIn(5) ? -1 : input;
        CallRegisters registers = partition.registers;
        registers.call(Mode.LONG, 0, choices.oneIn(9) ? control ^ choices.bit() : control, input, choices.any());
        try {
            partition.answer(flush.call(registers, gpa -> lie).ordinal());
        } catch (GuestFault fault) {
            partition.answer(fault.vector());
        }
    }

    private void merge(AttackedPartition partition, MsrBitmapMerge merge, Choices choices) {
        partition.answer(merge.canSkip() ? 1 : 0);
        partition.answer(merge.canSkip(vmcb) ? 1 : 0);
        if (choices.either()) {
            merge.merged();
        } else {
            merge.invalidate();
        }
    }
}
