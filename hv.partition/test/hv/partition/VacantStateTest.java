package hv.partition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.SavedState;
import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.ClockListener;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.FlagOption;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.enlightenment.VirtualProcessor;
import hv.api.enlightenment.VpAttachment;
import hv.api.host.GuestPartition;
import hv.api.synic.SintListener;
import hv.hosted.HostedHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A guest that is saved while a place is vacant")
class VacantStateTest {
    private static final String FLAGS = "hv-listener,hv-neighbour,hv-enforce-cpuid";

    private final List<String> told = new ArrayList<>();
    private final Versions hypervisor = new Versions();
    private final List<GuestPartition> partitions = new ArrayList<>();

    /** Writes down what it is told. */
    private final class Listener implements Enlightenment, Attachment, ClockListener {
        private final String id;
        private boolean savesBadly;
        private long value;

        Listener(String id) {
            this.id = id;
        }

        @Override
        public Descriptor descriptor() {
            FlagOption flag = FlagOption.ofSwitch("hv-" + id);
            return new Descriptor(
                    id,
                    id,
                    "is tested",
                    "none",
                    List.of(flag),
                    List.of(),
                    List.of(),
                    "",
                    List.of(),
                    List.of(),
                    List.of(),
                    1);
        }

        @Override
        public Attachment attach(Partition partition) {
            return this;
        }

        @Override
        public VpAttachment addVp(VirtualProcessor vp) {
            return new OfVp(id, vp.index());
        }

        @Override
        public void save(StateWriter out) {
            if (savesBadly) {
                throw new IllegalStateException("told not to save");
            }
            out.put("value", value);
        }

        @Override
        public void restore(StateReader in) throws StateException {
            value = in.get("value");
        }

        @Override
        public void reset() {
            value = 0;
        }

        @Override
        public void tscFrequencyChanged(boolean isEmulated) {
            told.add(id + ": frequency, emulated " + isEmulated);
        }

        @Override
        public void clockChanged() {
            told.add(id + ": clock");
        }
    }

    private final class OfVp implements VpAttachment, SintListener {
        private final String name;

        OfVp(String id, int vp) {
            name = id + "/" + vp;
        }

        @Override
        public void endOfInterrupt(int vector) {
            told.add(name + ": end of " + vector);
        }

        @Override
        public void acknowledged(int sints) {
            told.add(name + ": acknowledged " + sints);
        }

        @Override
        public void returned(String id) {
            told.add(name + ": " + id + " is back");
        }
    }

    private GuestPartition partition() throws Exception {
        return partition(HostedHost.builder().build());
    }

    private GuestPartition partition(HostedHost host) throws Exception {
        GuestPartition made = hypervisor.create(FLAGS, host);
        partitions.add(made);
        made.addVp();
        made.addVp();
        return made;
    }

    @AfterEach
    void close() {
        partitions.forEach(GuestPartition::close);
    }

    @Test
    @DisplayName("After a restore who is in that place is told what it would have been told when it came back")
    void whatWasMissedIsKept() throws Exception {
        Listener listener = new Listener("listener");
        hypervisor.come(listener, 0).come(new Listener("neighbour"), 0);
        GuestPartition saved = partition();
        listener.value = 42;
        hypervisor.go(listener);
        saved.vp(1).endOfInterrupt(0x41);
        saved.vp(1).endOfInterrupt(0xFF);
        saved.vp(0).endOfInterrupt(0x41);
        saved.tscFrequencyChanged(3_000_000_000L);
        SavedState state = saved.save();

        Listener back = new Listener("listener");
        hypervisor.come(back, 1);
        told.clear();
        GuestPartition other =
                partition(HostedHost.builder().tscFrequencyHz(3_000_000_000L).build());
        other.restore(state);
        assertEquals(42, back.value);
        assertEquals(
                List.of(
                        "listener/0: end of 65",
                        "listener/1: end of 255",
                        "listener/1: end of 65",
                        "listener: clock",
                        "listener: frequency, emulated false",
                        "neighbour/0: listener is back",
                        "neighbour/1: listener is back"),
                told.stream().sorted().toList());
        told.clear();
        other.restore(other.save());
        assertEquals(List.of(), told, "it is told once");
    }

    @Test
    @DisplayName("On a host with another TSC frequency it is told of that once")
    void anotherFrequency() throws Exception {
        Listener listener = new Listener("listener");
        hypervisor.come(listener, 0).come(new Listener("neighbour"), 0);
        GuestPartition saved = partition();
        hypervisor.go(listener);
        saved.tscFrequencyChanged(3_000_000_000L);
        SavedState state = saved.save();
        hypervisor.come(new Listener("listener"), 1);
        told.clear();
        partition(HostedHost.builder().tscFrequencyHz(2_000_000_000L).build()).restore(state);
        assertEquals(
                1,
                told.stream()
                        .filter(line -> line.startsWith("listener: frequency"))
                        .count(),
                told.toString());
    }

    @Test
    @DisplayName("One whose state was lost begins fresh after a restore, as it would have when it came back")
    void lostState() throws Exception {
        Listener listener = new Listener("listener");
        hypervisor.come(listener, 0).come(new Listener("neighbour"), 0);
        GuestPartition saved = partition();
        listener.savesBadly = true;
        hypervisor.go(listener);
        SavedState state = saved.save();
        Listener back = new Listener("listener");
        hypervisor.come(back, 1);
        GuestPartition other = partition();
        back.value = 7;
        other.restore(state);
        assertEquals(0, back.value);
    }

    @Test
    @DisplayName("What cannot be a note of a vacant place is refused, and nothing has changed")
    void damaged() throws Exception {
        Listener listener = new Listener("listener");
        hypervisor.come(listener, 0).come(new Listener("neighbour"), 0);
        GuestPartition partition = partition();
        SavedState whole = partition.save();
        assertFalse(whole.toString().contains("vacant"), "nothing is noted where nobody is away");
        listener.value = 5;
        SavedState before = partition.save();
        for (Section bad : List.of(
                section(SavedState.PARTITION, "listener", 2),
                section(SavedState.PARTITION, "listener", 9),
                section(SavedState.PARTITION, "nobody", 1),
                section(0, "listener.EndedVectors0", 1),
                section(2, "listener.EndedVectors0", 1))) {
            refuses(partition, with(whole, bad));
        }
        refuses(
                partition,
                with(
                        whole,
                        section(SavedState.PARTITION, "listener", 1),
                        section(0, "listener.AcknowledgedSints", 1 << 16)));
        refuses(
                partition,
                with(whole, section(SavedState.PARTITION, "listener", 1), section(0, "listener.EndedVectors4", 1)));
        assertEquals(5, listener.value);
        assertTrue(sameButTime(before, partition.save()));
        assertEquals(List.of(), told);
    }

    private static void refuses(GuestPartition partition, SavedState bad) {
        String line = assertThrows(StateException.class, () -> partition.restore(bad), bad.toString())
                .getMessage();
        assertTrue(line.contains("section vacant"), line);
    }

    private static Section section(int vp, String name, long value) {
        return new Section("vacant", vp, 1, Map.of(name, value), Map.of());
    }

    private static SavedState with(SavedState state, Section... more) {
        return new SavedState(
                Stream.concat(state.sections().stream(), Stream.of(more)).toList());
    }

    private static boolean sameButTime(SavedState one, SavedState two) {
        return one.sections().stream()
                .filter(section -> !section.id().equals("partition"))
                .allMatch(two.sections()::contains);
    }
}
