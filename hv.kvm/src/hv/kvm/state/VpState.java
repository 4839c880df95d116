package hv.kvm.state;

import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.api.machine.SectionReader;
import hv.api.machine.StateSections;
import hv.kvm.layout.KvmMpState;
import hv.kvm.vcpu.AutoEoi;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One VP as it is saved: its vCPU, and what this process keeps for it.
 *
 * <pre>
 *   cpu   structures of KVM by name (sregs, xsave, ...), mpState, autoEoi0 to autoEoi3, shutDown
 *   apic  lapic: the local APIC's page of registers
 *   msr   values by number, as 0x174
 * </pre>
 *
 * @param cpu the vCPU's
 * @param autoEoi requested interrupts without EOI, as {@link AutoEoi#requested()}
 * @param shutDown whether it has shut down
 */
record VpState(CpuState cpu, long[] autoEoi, boolean shutDown) {
    private static final int VERSION = 1;
    private static final String CPU = "cpu";
    private static final String APIC = "apic";
    private static final String MSR = "msr";
    private static final String MP_STATE = "mpState";
    private static final String AUTO_EOI = "autoEoi";
    private static final String SHUT_DOWN = "shutDown";
    /** Vectors below 16 are no interrupts. */
    private static final long NO_VECTORS = 0xFFFF;

    /** In which section KVM's {@code part} is. */
    static String section(String part) {
        if (part.startsWith("MSR")) {
            return MSR;
        }
        return part.equals(CpuPart.LAPIC.label()) ? APIC : CPU;
    }

    /** As sections of VP {@code vp}. */
    List<Section> sections(int vp) {
        Map<String, Long> values = new HashMap<>();
        values.put(MP_STATE, (long) cpu.mpState());
        values.put(SHUT_DOWN, shutDown ? 1L : 0L);
        for (int i = 0; i < AutoEoi.WORDS; i++) {
            values.put(AUTO_EOI + i, autoEoi[i]);
        }
        Map<String, byte[]> bytes = new HashMap<>();
        cpu.parts().forEach((part, structure) -> bytes.put(part.label(), structure));
        byte[] lapic = bytes.remove(CpuPart.LAPIC.label());
        Map<String, Long> msrs = new HashMap<>();
        for (int i = 0; i < cpu.msrs().names().count(); i++) {
            msrs.put(cpu.msrs().names().name(i), cpu.msrs().values()[i]);
        }
        return List.of(
                new Section(CPU, vp, VERSION, values, bytes),
                new Section(APIC, vp, VERSION, Map.of(), Map.of(CpuPart.LAPIC.label(), lapic)),
                new Section(MSR, vp, VERSION, msrs, Map.of()));
    }

    /**
     * Reads VP {@code vp} out of {@code sections}.
     *
     * @param sizes of the structures that this host's KVM has
     * @param known the MSRs that it has, all of which must be there
     */
    static VpState of(StateSections sections, int vp, Map<CpuPart, Integer> sizes, MsrValues.Names known)
            throws StateException {
        SectionReader own = sections.take(CPU, vp, VERSION);
        SectionReader apic = sections.take(APIC, vp, VERSION);
        Map<CpuPart, byte[]> parts = new EnumMap<>(CpuPart.class);
        for (Map.Entry<CpuPart, Integer> part : sizes.entrySet()) {
            SectionReader from = part.getKey() == CpuPart.LAPIC ? apic : own;
            parts.put(part.getKey(), from.bytes(part.getKey().label(), part.getValue()));
        }
        int mpState = own.value(MP_STATE, KvmMpState.RUNNABLE, KvmMpState.LAST);
        boolean shutDown = own.flag(SHUT_DOWN);
        long[] autoEoi = new long[AutoEoi.WORDS];
        for (int i = 0; i < AutoEoi.WORDS; i++) {
            autoEoi[i] = own.value(AUTO_EOI + i);
        }
        if ((autoEoi[0] & NO_VECTORS) != 0) {
            throw own.bad("autoEoi0 has vectors below 16");
        }
        own.end();
        apic.end();
        SectionReader msrs = sections.take(MSR, vp, VERSION);
        long[] values = new long[known.count()];
        for (int i = 0; i < values.length; i++) {
            values[i] = msrs.value(known.name(i));
        }
        msrs.end();
        return new VpState(new CpuState(parts, new MsrValues(known, values), mpState), autoEoi, shutDown);
    }
}
