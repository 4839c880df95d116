package hv.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.SavedState;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import hv.hosted.HostedHost;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The state of a partition as bytes, without a machine")
class StateBytesTest {
    private static final int REFERENCE_TSC = 0x4000_0021;

    private final Hypervisor hypervisor =
            ServiceLoader.load(Hypervisor.class).findFirst().orElseThrow();
    private final String flags = TestMachine.everything(hypervisor);
    private GuestPartition partition;

    @BeforeEach
    void create() throws Exception {
        partition = create(flags, 2);
        partition.vp(0).writeMsr(REFERENCE_TSC, 0x5001);
    }

    private GuestPartition create(String wanted, int vps) throws Exception {
        GuestPartition made = hypervisor.create(wanted, HostedHost.builder().build());
        for (int i = 0; i < vps; i++) {
            made.addVp();
        }
        return made;
    }

    @AfterEach
    void close() {
        hypervisor.partitions().forEach(GuestPartition::close);
    }

    @Test
    @DisplayName("They give the same state to another partition of the same flags, in whatever order these are written")
    void roundTrip() throws Exception {
        SavedState state = partition.save();
        byte[] bytes = StateBytes.toBytes(state, partition);
        GuestPartition other = create(flags, 2);
        SavedState read = StateBytes.fromBytes(bytes, other);
        assertEquals(state, read);
        other.restore(read);
        assertEquals(0x5001, other.vp(0).readMsr(REFERENCE_TSC));
    }

    @Test
    @DisplayName("Other flags are refused with one line that names what differs")
    void otherFlags() throws Exception {
        byte[] bytes = StateBytes.toBytes(create("hv-time,hv-vpindex", 1).save(), last());
        GuestPartition other = create("hv-time,hv-relaxed", 1);
        SnapshotException e = assertThrows(SnapshotException.class, () -> StateBytes.fromBytes(bytes, other));
        assertEquals(
                "the state cannot be read: it was saved under other flags: this partition lacks hv-vpindex; it lacked hv-relaxed",
                e.getMessage());
    }

    private GuestPartition last() {
        var all = hypervisor.partitions();
        return all.get(all.size() - 1);
    }

    @Test
    @DisplayName("Another number of VPs is refused, and a partition without any has nothing to save")
    void otherVps() throws Exception {
        byte[] bytes = StateBytes.toBytes(partition.save(), partition);
        GuestPartition other = create(flags, 3);
        SnapshotException e = assertThrows(SnapshotException.class, () -> StateBytes.fromBytes(bytes, other));
        assertEquals("the state cannot be read: it was saved with 2 VPs, this partition has 3", e.getMessage());
        GuestPartition none = create(flags, 0);
        assertThrows(SnapshotException.class, () -> StateBytes.toBytes(none.save(), none));
    }

    @Test
    @DisplayName("Whatever is damaged ends in one line or changes nothing, also with checksums put right")
    void damage() throws Exception {
        SavedState state = partition.save();
        byte[] whole = StateBytes.toBytes(state, partition);
        Random random = new Random(14);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = whole.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            if (random.nextInt(10) == 0) {
                bytes = java.util.Arrays.copyOf(bytes, random.nextInt(2 * bytes.length));
            }
            judge(bytes, state);
        }
        for (int round = 0; round < 20_000; round++) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            FrameWriter frames = new FrameWriter(out);
            frames.preface();
            frames.frame(FrameKind.HEADER, scribbled(headerOf(whole), random));
            for (int i = random.nextInt(3); i > 0; i--) {
                byte[] payload = SectionCodec.encode(
                        state.sections().get(random.nextInt(state.sections().size())), new StateBudget(2));
                frames.frame(
                        random.nextInt(20) == 0 ? FrameKind.MACHINE : FrameKind.PARTITION, scribbled(payload, random));
            }
            frames.end();
            judge(out.toByteArray(), null);
        }
    }

    private static byte[] headerOf(byte[] whole) throws Exception {
        FrameReader in = new FrameReader(new java.io.ByteArrayInputStream(whole), whole.length);
        in.preface();
        return in.next().payload();
    }

    private static byte[] scribbled(byte[] payload, Random random) {
        byte[] bytes = payload.clone();
        for (int i = random.nextInt(3); i > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        return bytes;
    }

    private void judge(byte[] bytes, SavedState expected) {
        try {
            SavedState read = StateBytes.fromBytes(bytes, partition);
            assertNotNull(read);
            if (expected != null) {
                assertEquals(expected, read);
            }
        } catch (SnapshotException e) {
            assertFalse(e.getMessage().contains("\n"), e::getMessage);
            assertTrue(e.getMessage().startsWith("the state cannot be read: "), e::getMessage);
        }
    }
}
