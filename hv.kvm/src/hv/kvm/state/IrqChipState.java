package hv.kvm.state;

import hv.kvm.abi.Handle;
import hv.kvm.abi.Ioctl;
import hv.kvm.layout.KvmIrqchip;
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
public record IrqChipState(List<byte[]> registers) {
    static final int REGISTER_BYTES = KvmIrqchip.CHIP_BYTES;

    private static final int CHIPS = 3;

    /** What they are now. */
    public static IrqChipState read(Handle vm) {
        List<byte[]> registers = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            for (int chip = 0; chip < CHIPS; chip++) {
                MemorySegment structure = arena.allocate(KvmIrqchip.BYTES, 8);
                structure.set(ValueLayout.JAVA_INT, KvmIrqchip.CHIP_ID, chip);
                vm.call(Ioctl.KVM_GET_IRQCHIP, structure);
                registers.add(structure.asSlice(KvmIrqchip.CHIP).toArray(ValueLayout.JAVA_BYTE));
            }
        }
        return new IrqChipState(List.copyOf(registers));
    }

    /**
     * Puts them back, while every vCPU is out of the guest.
     *
     * @return the first one that KVM refuses
     */
    public OptionalInt write(Handle vm) {
        try (Arena arena = Arena.ofConfined()) {
            for (int chip = 0; chip < CHIPS; chip++) {
                MemorySegment structure = arena.allocate(KvmIrqchip.BYTES, 8);
                structure.set(ValueLayout.JAVA_INT, KvmIrqchip.CHIP_ID, chip);
                MemorySegment.copy(
                        registers.get(chip), 0, structure, ValueLayout.JAVA_BYTE, KvmIrqchip.CHIP, REGISTER_BYTES);
                if (!vm.works(Ioctl.KVM_SET_IRQCHIP, structure)) {
                    return OptionalInt.of(chip);
                }
            }
        }
        return OptionalInt.empty();
    }
}
