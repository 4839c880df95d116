package hv.api.machine;

import hv.api.CpuRegisters.Mode;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * How a virtual processor starts, at first and after each reset: interrupts off, and
 *
 * <ul>
 *   <li>{@code REAL}: CS:IP as given, the other segments 0;
 *   <li>{@code PROTECTED}: paging off, flat 32-bit segments;
 *   <li>{@code LONG}: 64-bit code with paging by {@code pageTablesGpa}, flat segments, SSE usable.
 * </ul>
 *
 * <p>Made by who loads a guest, used by the VMM. Immutable.
 *
 * @param mode the processor's mode
 * @param segment for {@code REAL}: CS
 * @param pageTablesGpa for {@code LONG}: CR3
 * @param gdtGpa address of the descriptor table for GDTR; 0 for none
 * @param gdtLimit its size less 1
 * @param codeSelector not for {@code REAL}: selector in CS; 0x08 unless said otherwise
 * @param dataSelector not for {@code REAL}: selector in the other segment registers; 0x10 unless said otherwise
 * @param registers the general registers that are not 0, RIP among them
 */
public record BootState(
        Mode mode,
        int segment,
        long pageTablesGpa,
        long gdtGpa,
        int gdtLimit,
        int codeSelector,
        int dataSelector,
        Map<Register, Long> registers) {
    private static final int CODE_SELECTOR = 0x08;
    private static final int DATA_SELECTOR = 0x10;

    /** Copies the map. */
    public BootState {
        Objects.requireNonNull(mode, "mode");
        registers = Map.copyOf(registers);
    }

    /** Real mode at {@code segment:offset}. */
    public static BootState real(int segment, int offset) {
        return at(Mode.REAL, segment, 0, offset);
    }

    /** 32-bit protected mode at {@code eip}. */
    public static BootState protectedMode(long eip) {
        return at(Mode.PROTECTED, 0, 0, eip);
    }

    /** 64-bit mode at {@code rip}, with page tables that are in memory already when it starts. */
    public static BootState longMode(long rip, long pageTablesGpa) {
        return at(Mode.LONG, 0, pageTablesGpa, rip);
    }

    private static BootState at(Mode mode, int segment, long pageTablesGpa, long rip) {
        return new BootState(
                mode, segment, pageTablesGpa, 0, 0, CODE_SELECTOR, DATA_SELECTOR, Map.of(Register.RIP, rip));
    }

    /** A copy in which a register is set. */
    public BootState with(Register register, long value) {
        Map<Register, Long> changed = new EnumMap<>(Register.class);
        changed.putAll(registers);
        changed.put(register, value);
        return new BootState(mode, segment, pageTablesGpa, gdtGpa, gdtLimit, codeSelector, dataSelector, changed);
    }

    /** A copy with a descriptor table, which has the code and data segments at their selectors. */
    public BootState withGdt(long gpa, int limit) {
        return new BootState(mode, segment, pageTablesGpa, gpa, limit, codeSelector, dataSelector, registers);
    }

    /** A copy with other selectors, for {@code PROTECTED} and {@code LONG}. */
    public BootState withSelectors(int code, int data) {
        return new BootState(mode, segment, pageTablesGpa, gdtGpa, gdtLimit, code, data, registers);
    }
}
