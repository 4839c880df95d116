package hv.kvm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * The interrupt controllers of the board (two 8259A, one I/O APIC) as they are after power-on, to be put back at a
 * reset.
 */
final class IrqChipState {
    private static final int CHIPS = 3;
    private static final int BYTES = 520;

    private final Handle vm;
    private final List<MemorySegment> chips = new ArrayList<>();

    IrqChipState(Handle vm, Arena arena) {
        this.vm = vm;
        for (int chip = 0; chip < CHIPS; chip++) {
            MemorySegment state = arena.allocate(BYTES, 8);
            state.set(ValueLayout.JAVA_INT, 0, chip);
            vm.call(Ioctl.KVM_GET_IRQCHIP, state);
            chips.add(state);
        }
    }

    /** While every vCPU is out of the guest. */
    void restore() {
        chips.forEach(chip -> vm.call(Ioctl.KVM_SET_IRQCHIP, chip));
    }
}
