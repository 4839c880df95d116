package hv.kvm;

import hv.api.GuestMemory;
import hv.api.SavedState;
import hv.api.StateException;
import hv.kvm.abi.Handle;
import hv.kvm.abi.KvmDevice;
import hv.kvm.cpuid.CpuidEntry;
import hv.kvm.probe.TscOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A paused VM put aside: its state, and its RAM page by page. */
record Saved(SavedState state, List<byte[]> pages) {
    /** Pauses {@code vm} and takes all of it; it stays paused. */
    static Saved of(TestVm vm) {
        vm.vm.pause();
        SavedState state = vm.vm.save();
        List<byte[]> pages = new ArrayList<>();
        for (long gpa = 0; vm.memory().isRam(gpa, GuestMemory.PAGE_BYTES); gpa += GuestMemory.PAGE_BYTES) {
            byte[] page = new byte[GuestMemory.PAGE_BYTES];
            vm.memory().read(gpa, page, 0, page.length);
            pages.add(page);
        }
        return new Saved(state, pages);
    }

    /** Whether this KVM can set the counter that a guest reads. */
    static boolean isTscMovable() {
        try (Handle device = KvmDevice.open(KvmDevice.DEFAULT)) {
            return TscOffset.isProven(device, CpuidEntry.supported(device));
        }
    }

    /** Has {@code vm}, which is paused, go on from here. */
    void goOn(TestVm vm) throws StateException {
        vm.vm.restore(state);
        for (int i = 0; i < pages.size(); i++) {
            vm.memory().write((long) i * GuestMemory.PAGE_BYTES, pages.get(i), 0, GuestMemory.PAGE_BYTES);
        }
        vm.vm.resume();
    }

    /** The state with each section of {@code id} changed, or left out. */
    static SavedState with(
            SavedState state, String id, Function<SavedState.Section, Optional<SavedState.Section>> change) {
        return new SavedState(state.sections().stream()
                .flatMap(section ->
                        section.id().equals(id) ? change.apply(section).stream() : java.util.stream.Stream.of(section))
                .toList());
    }
}
