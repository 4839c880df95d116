package hv.kvm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * The registers of the board's interrupt controllers: two 8259A (0, 1) and one I/O APIC (2). Immutable.
 *
 * @param registers of each, as KVM lays them out; do not change them
 */
record IrqChipState(List<byte[]> registers) {
    static final int REGISTER_BYTES = 512;

    private static final int CHIPS = 3;
    private static final int HEADER = 8;

    /** What they are now. */
    static IrqChipState read(Handle vm) {
        List<byte[]> registers = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            for (int chip = 0; chip < CHIPS; chip++) {
                MemorySegment structure = arena.allocate(HEADER + REGISTER_BYTES, 8);
                structure.set(ValueLayout.JAVA_INT, 0, chip);
                vm.call(Ioctl.KVM_GET_IRQCHIP, structure);
                registers.add(structure.asSlice(HEADER).toArray(ValueLayout.JAVA_BYTE));
            }
        }
        return new IrqChipState(List.copyOf(registers));
    }

    /**
     * Puts them back, while every vCPU is out of the guest.
     *
     * @return the first one that KVM refuses
     */
    OptionalInt write(Handle vm) {
        try (Arena arena = Arena.ofConfined()) {
            for (int chip = 0; chip < CHIPS; chip++) {
                MemorySegment structure = arena.allocate(HEADER + REGISTER_BYTES, 8);
                structure.set(ValueLayout.JAVA_INT, 0, chip);
                MemorySegment.copy(registers.get(chip), 0, structure, ValueLayout.JAVA_BYTE, HEADER, REGISTER_BYTES);
                if (!vm.works(Ioctl.KVM_SET_IRQCHIP, structure)) {
                    return OptionalInt.of(chip);
                }
            }
        }
        return OptionalInt.empty();
    }
}
