package hv.kvm.state;

import hv.api.SavedState;
import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.api.machine.SectionReader;
import hv.api.machine.StateSections;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A whole VM as it is saved, but for RAM: the VPs ({@link VpState}), and
 *
 * <pre>
 *   tsc     IA32_TIME_STAMP_COUNTER, the same for every VP
 *   clock   ns: KVM's own clock of the VM, for guests that know KVM
 *   pic     master, slave: the two 8259A
 *   ioapic  registers
 * </pre>
 *
 * @param tsc the guest's counter when it was saved
 * @param clockNanos KVM's clock
 * @param irqChips the three interrupt controllers of the board, as {@link IrqChipState} has them
 * @param vps by index
 */
public record VmState(long tsc, long clockNanos, IrqChipState irqChips, List<VpState> vps) {
    private static final int VERSION = 1;
    private static final String TSC = "tsc";
    private static final String COUNTER = "IA32_TIME_STAMP_COUNTER";
    private static final String CLOCK = "clock";
    private static final String CLOCK_NANOS = "ns";
    private static final String PIC = "pic";
    private static final String IOAPIC = "ioapic";
    private static final String[] CHIP_NAMES = {"master", "slave", "registers"};

    /** For others to keep. */
    public SavedState saved() {
        List<Section> sections = new ArrayList<>();
        sections.add(section(TSC, Map.of(COUNTER, tsc), Map.of()));
        sections.add(section(CLOCK, Map.of(CLOCK_NANOS, clockNanos), Map.of()));
        List<byte[]> chips = irqChips.registers();
        sections.add(section(PIC, Map.of(), Map.of(CHIP_NAMES[0], chips.get(0), CHIP_NAMES[1], chips.get(1))));
        sections.add(section(IOAPIC, Map.of(), Map.of(CHIP_NAMES[2], chips.get(2))));
        for (int vp = 0; vp < vps.size(); vp++) {
            sections.addAll(vps.get(vp).sections(vp));
        }
        return new SavedState(sections);
    }

    private static Section section(String id, Map<String, Long> values, Map<String, byte[]> bytes) {
        return new Section(id, SavedState.PARTITION, VERSION, values, bytes);
    }

    /**
     * Checks {@code saved} as far as that can be done without KVM.
     *
     * @param sizes of the structures that this host's KVM has
     * @param start the VPs' power-on states, which say how many there are and which MSRs they have
     */
    public static VmState of(SavedState saved, Map<CpuPart, Integer> sizes, List<CpuState> start)
            throws StateException {
        StateSections sections = new StateSections(saved);
        long tsc = only(sections, TSC, COUNTER);
        long clockNanos = only(sections, CLOCK, CLOCK_NANOS);
        List<byte[]> chips = new ArrayList<>();
        SectionReader pic = sections.take(PIC, SavedState.PARTITION, VERSION);
        chips.add(pic.bytes(CHIP_NAMES[0], IrqChipState.REGISTER_BYTES));
        chips.add(pic.bytes(CHIP_NAMES[1], IrqChipState.REGISTER_BYTES));
        pic.end();
        SectionReader ioapic = sections.take(IOAPIC, SavedState.PARTITION, VERSION);
        chips.add(ioapic.bytes(CHIP_NAMES[2], IrqChipState.REGISTER_BYTES));
        ioapic.end();
        List<VpState> vps = new ArrayList<>();
        for (int vp = 0; vp < start.size(); vp++) {
            vps.add(VpState.of(sections, vp, sizes, start.get(vp).msrs().names()));
        }
        sections.end();
        return new VmState(tsc, clockNanos, new IrqChipState(chips), List.copyOf(vps));
    }

    private static long only(StateSections sections, String id, String name) throws StateException {
        SectionReader reader = sections.take(id, SavedState.PARTITION, VERSION);
        long value = reader.value(name);
        reader.end();
        return value;
    }

    /** Which section {@link IrqChipState#write} is about when it refuses chip {@code index}. */
    static String chipSection(int index) {
        return index < 2 ? PIC : IOAPIC;
    }
}
