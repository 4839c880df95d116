package hv.partition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.SavedState;
import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.api.enlightenment.MsrRange;
import hv.api.enlightenment.MsrRange.Access;
import hv.api.enlightenment.Privilege;
import hv.api.host.GuestPartition;
import hv.hosted.HostedHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Saving, restoring and resetting a partition")
class StateTest {
    private static final int RW = 0x4000_0011;

    private final HostedHost host = HostedHost.builder().build();

    private GuestPartition partition(HostedHost on) throws Exception {
        GuestPartition partition = PartitionService.of(List.of(
                        TestEnlightenment.of("a").with(MsrRange.of(RW, "RW", Access.READ_WRITE, Privilege.NONE))))
                .create("hv-a", on);
        partition.addVp();
        partition.addVp();
        return partition;
    }

    private GuestPartition used() throws Exception {
        GuestPartition partition = partition(host);
        host.advance100ns(12_345);
        partition.vp(0).writeMsr(0x40000000, 99);
        partition.vp(0).writeMsr(0x40000001, 0x3001);
        partition.vp(0).writeMsr(RW, 5);
        partition.vp(1).writeMsr(RW, 6);
        return partition;
    }

    @Test
    void shouldRestoreEverythingIntoAnotherPartition() throws Exception {
        SavedState saved = used().save();
        HostedHost elsewhere = HostedHost.builder().build();
        GuestPartition copy = partition(elsewhere);
        copy.restore(saved);
        assertEquals(saved, copy.save());
        assertEquals(6, copy.vp(1).readMsr(RW));
        assertEquals(0xC3C1_010F, elsewhere.memory().getInt(0x3000), "the hypercall page holds this host's code");
        assertEquals(12_345, copy.inspect().referenceTime100ns(), "reference time goes on where it stood");
    }

    @Test
    void shouldBeFreshAfterAReset() throws Exception {
        GuestPartition partition = partition(host);
        SavedState fresh = partition.save();
        partition.vp(0).writeMsr(0x40000000, 99);
        partition.vp(0).writeMsr(0x40000001, 0x3001);
        partition.vp(1).writeMsr(RW, 6);
        partition.reset();
        assertEquals(fresh, partition.save());
    }

    @Test
    @DisplayName("A TSC that goes back takes reference time to its beginning at most, and what is saved then can be"
            + " restored")
    void shouldSaveWhatItCanRestore() throws Exception {
        host.setGuestTsc(1L << 40);
        GuestPartition partition = used();
        host.setGuestTsc(0);
        assertEquals(0, partition.inspect().referenceTime100ns());
        SavedState saved = partition.save();
        partition.restore(saved);
        assertEquals(saved, partition.save());
        partition(HostedHost.builder().build()).restore(saved);
        host.advance100ns(7);
        assertEquals(7, partition.inspect().referenceTime100ns());
    }

    @Test
    @DisplayName("A restore that is refused when the TSC has gone back leaves everything as it is, the clock too")
    void shouldPutTheClockBack() throws Exception {
        host.setGuestTsc(1L << 40);
        GuestPartition partition = used();
        SavedState saved = partition.save();
        host.setGuestTsc(0);
        host.memory().write(0x3000, new byte[4], 0, 4);
        List<Section> sections = saved.sections();
        assertThrows(StateException.class, () -> partition.restore(new SavedState(sections.subList(1, 2))));
        assertThrows(
                StateException.class,
                () -> partition.restore(new SavedState(sections.subList(0, sections.size() - 1))));
        assertEquals(0, host.memory().getInt(0x3000), "no code was written");
        host.setGuestTsc(1L << 40);
        host.advance100ns(12_345);
        assertEquals(saved, partition.save());
    }

    private void assertRefused(List<Section> sections, String words) throws Exception {
        GuestPartition partition = used();
        SavedState before = partition.save();
        StateException refused = assertThrows(StateException.class, () -> partition.restore(new SavedState(sections)));
        assertTrue(refused.getMessage().contains(words), refused.getMessage());
        assertEquals(before, partition.save(), "nothing has changed");
    }

    @Test
    void shouldRefuseDamagedStateAndChangeNothing() throws Exception {
        List<Section> good = used().save().sections();
        Section own = good.get(0);
        Section last = good.get(good.size() - 1);
        assertEquals("a", last.id());

        assertRefused(good.subList(0, good.size() - 1), "section a/vp1 is missing");
        assertRefused(good.subList(1, good.size()), "section partition is missing");
        assertRefused(with(good, last), "appears twice");
        assertRefused(with(good, new Section("b", 0, 1, Map.of("value", 1L), Map.of())), "has no place");
        assertRefused(with(good, new Section("a", 2, 2, Map.of("value", 1L), Map.of())), "has no place");
        assertRefused(replaceLast(good, new Section("a", 1, 2, Map.of(), Map.of())), "value is missing");
        assertRefused(replaceLast(good, new Section("a", 1, 2, Map.of("value", -1L), Map.of())), "cannot be -1");
        assertRefused(replaceLast(good, new Section("a", 1, 4, Map.of("value", 1L), Map.of())), "version 4");
        assertRefused(replaceLast(good, new Section("a", 1, 0, Map.of("value", 1L), Map.of())), "version 0");
        assertRefused(
                replaceLast(good, new Section("a", 1, 2, Map.of("value", 1L, "x", 2L), Map.of())), "x is not known");
        assertRefused(
                replaceLast(good, new Section("a", 1, 2, Map.of("value", 1L), Map.of("y", new byte[1]))),
                "y is not known");
        Map<String, Long> bad = new java.util.TreeMap<>(own.values());
        bad.put("HV_X64_MSR_HYPERCALL", 0x7FFF_FFFF_F001L);
        List<Section> moved = new ArrayList<>(good);
        moved.set(0, new Section("partition", -1, 1, bad, Map.of()));
        assertRefused(moved, "cannot be enabled");
    }

    @Test
    @DisplayName("What the next version of a bundle saved can be taken, with names this one does not know")
    void shouldTakeStateOfTheNextVersion() throws Exception {
        List<Section> sections =
                replaceLast(used().save().sections(), new Section("a", 1, 3, Map.of("value", 8L, "new", 2L), Map.of()));
        GuestPartition partition = used();
        partition.restore(new SavedState(sections));
        assertEquals(8, partition.vp(1).readMsr(RW));
    }

    private static List<Section> with(List<Section> sections, Section more) {
        List<Section> changed = new ArrayList<>(sections);
        changed.add(more);
        return changed;
    }

    private static List<Section> replaceLast(List<Section> sections, Section last) {
        return with(sections.subList(0, sections.size() - 1), last);
    }
}
