package hv.hosted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.SavedState;
import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.api.machine.StateSections;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The TSC and the APICs of a host that goes into a file and comes out of it. */
class HostedStateTest {
    private static HostedHost used() {
        HostedHost host = HostedHost.builder().build();
        host.setGuestTsc(0x1234_5678_9ABCL);
        host.interrupt(0, 0x51);
        assertEquals(0x51, host.hostedApic(0).accept());
        host.interrupt(0, 0x61);
        host.interruptAutoEoi(1, 0xFF);
        host.hostedApic(1).tpr(0x20);
        host.hostedApic(1).icr(0x4_0041);
        assertTrue(host.hostedApic(0).exitlessEoi(0x5000));
        return host;
    }

    @Test
    @DisplayName("A restored host has the TSC, and in each APIC what was requested, in service, and masked")
    void roundTrip() throws StateException {
        SavedState saved = new SavedState(used().save(2));
        HostedHost other = HostedHost.builder().build();
        restore(other, saved);
        assertEquals(saved, new SavedState(other.save(2)));
        assertEquals(0x1234_5678_9ABCL, other.guestTsc());
        assertTrue(other.hostedApic(0).isInService(0x51));
        assertEquals(0x61, other.hostedApic(0).accept());
        assertEquals(0xFF, other.hostedApic(1).accept());
        assertEquals(0x20, other.hostedApic(1).tpr());
    }

    private static void restore(HostedHost host, SavedState state) throws StateException {
        StateSections sections = new StateSections(state);
        Runnable apply = host.restore(sections, 2);
        sections.end();
        apply.run();
    }

    @Test
    @DisplayName("A value that an APIC cannot hold is refused with the section's name, and nothing has changed")
    void refused() {
        HostedHost host = used();
        List<Section> sections = host.save(2);
        Map.of("EoiWordGpa", 0x5001L, "TPR", 0x100L, "OfferedEoi", 2L, "ICR", 1L << 12)
                .forEach((name, value) -> refused(host, with(sections, name, value), "section apic/vp0: "));
        refused(host, new SavedState(sections.subList(0, 2)), "section apic/vp1 is missing");
        List<Section> doubled = new ArrayList<>(sections);
        doubled.add(sections.get(0));
        refused(host, new SavedState(doubled), "section tsc appears twice");
        List<Section> strange = new ArrayList<>(sections);
        strange.add(new Section("uart", SavedState.PARTITION, 1, Map.of(), Map.of()));
        refused(host, new SavedState(strange), "section uart has no place in this machine");
        assertEquals(sections, host.save(2));
    }

    private static void refused(HostedHost host, SavedState state, String wanted) {
        String line =
                assertThrows(StateException.class, () -> restore(host, state)).getMessage();
        assertTrue(line.startsWith(wanted), line);
    }

    private static SavedState with(List<Section> sections, String name, long value) {
        List<Section> all = new ArrayList<>(sections);
        Section apic = all.get(1);
        Map<String, Long> values = new TreeMap<>(apic.values());
        values.put(name, value);
        all.set(1, new Section(apic.id(), apic.vp(), apic.version(), values, apic.bytes()));
        return new SavedState(all);
    }
}
