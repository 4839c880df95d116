package hv.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import hv.api.SavedState;
import hv.api.host.Hypervisor;
import hv.testkit.Deployed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged and hostile files: always one line, never a changed machine. */
class DamageTest {
    private static final int MUTATIONS = 3_000;

    private static Deployed deployed;
    private static Snapshots snapshots;
    private static byte[] valid;
    private static TestMachine machine;
    private static SavedState before;
    private static SavedState machineBefore;
    private static byte[] ramBefore;

    @TempDir
    private static Path folder;

    private Path file;

    @BeforeAll
    static void save() throws Exception {
        deployed = new Deployed();
        Hypervisor hypervisor = deployed.hypervisor();
        snapshots = new Snapshots(hypervisor);
        String flags = "hv-vpindex,hv-synic,hv-time,hv-stimer,hv-frequencies,hv-enforce-cpuid";
        try (TestMachine saved = new TestMachine(hypervisor, flags, 1, 64 << 10)) {
            saved.host.advance100ns(5_000_000);
            saved.partition.vp(0).writeMsr(0x4000_0000, 0x8100_0006_0001_0000L);
            saved.partition.vp(0).writeMsr(0x4000_0021, 0x6001);
            saved.partition.vp(0).writeMsr(0x4000_0083, 0x7001);
            saved.memory().putLong(0x9000, 0x1122_3344_5566_7788L);
            Path whole = folder.resolve("whole");
            snapshots.save(saved, whole, true);
            valid = Files.readAllBytes(whole);
        }
        machine = new TestMachine(hypervisor, flags, 1, 64 << 10);
        machine.memory().putLong(0x6000, 1);
        machine.memory().putLong(0x7000, 2);
        before = machine.partition.save();
        machineBefore = machine.save();
        ramBefore = machine.ram();
    }

    @AfterAll
    static void close() throws IOException {
        machine.close();
        deployed.close();
    }

    @BeforeEach
    void name() {
        file = folder.resolve("damaged");
    }

    private String refused(byte[] bytes) throws IOException {
        Files.write(file, bytes);
        String line = assertThrows(SnapshotException.class, () -> snapshots.restore(machine, file))
                .getMessage();
        assertUnchanged(line);
        return line;
    }

    private static void assertUnchanged(String line) {
        assertEquals(1, line.lines().count(), line);
        assertEquals(before, machine.partition.save(), line);
        assertEquals(machineBefore, machine.save(), line);
        assertTrue(Arrays.equals(ramBefore, machine.ram()), line);
    }

    @Test
    @DisplayName("A flipped byte is found wherever it is")
    void flippedBytes() throws IOException {
        for (int i = 0; i < valid.length; i++) {
            byte[] damaged = valid.clone();
            damaged[i] ^= (byte) (1 << i % 8);
            refused(damaged);
            damaged[i] = (byte) ~valid[i];
            refused(damaged);
        }
    }

    @Test
    @DisplayName("A file that ends early is found out wherever it ends, and so is one with something behind its end")
    void truncations() throws IOException {
        for (int length = 0; length < valid.length; length++) {
            refused(Arrays.copyOf(valid, length));
        }
        assertTrue(refused(Arrays.copyOf(valid, valid.length + 1)).endsWith("there is something behind it"));
    }

    @Test
    @DisplayName("Sections that are swapped, missing or doubled are found out by name")
    void otherOrders() throws IOException {
        List<byte[]> frames = frames();
        for (int i = 0; i < frames.size(); i++) {
            List<byte[]> missing = new ArrayList<>(frames);
            missing.remove(i);
            assertTrue(refused(join(missing)).contains("section "));
            List<byte[]> doubled = new ArrayList<>(frames);
            doubled.add(i, frames.get(i));
            assertTrue(refused(join(doubled)).contains("section "));
            for (int j = 0; j < i; j++) {
                List<byte[]> swapped = new ArrayList<>(frames);
                Collections.swap(swapped, i, j);
                assertTrue(refused(join(swapped)).contains("section "));
            }
        }
    }

    @Test
    @DisplayName("The same with numbers and checksums that fit: sections are doubled or missing by what they are")
    void consistentOtherOrders() throws IOException {
        List<byte[]> frames = frames().subList(0, frames().size() - 1);
        for (int i = 1; i < frames.size(); i++) {
            List<byte[]> doubled = new ArrayList<>(frames);
            doubled.add(i, frames.get(i));
            refused(sealed(doubled));
            if (kind(frames.get(i)) != FrameKind.MEMORY.code()) {
                List<byte[]> missing = new ArrayList<>(frames);
                missing.remove(i);
                assertTrue(refused(sealed(missing)).endsWith("is missing"));
            }
        }
    }

    @Test
    @DisplayName("A length is compared with its bound and with the rest of the file before anything is allocated")
    void hostileLengths() throws IOException {
        for (int place : lengthPlaces()) {
            for (int length : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 20, 1 << 28}) {
                byte[] hostile = valid.clone();
                ByteBuffer.wrap(hostile).order(ByteOrder.LITTLE_ENDIAN).putInt(place, length);
                assertTrue(refused(hostile).contains("its length is"));
            }
        }
    }

    @Test
    @DisplayName("Pages that decompress to more or less than they say are refused")
    void decompressionBombs() throws IOException {
        byte[] bomb = new byte[64 << 20];
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        deflater.setInput(bomb);
        deflater.finish();
        byte[] compressed = new byte[128 << 10];
        int length = deflater.deflate(compressed);
        assertTrue(deflater.finished());
        deflater.end();
        List<byte[]> frames = new ArrayList<>(frames().subList(0, frames().size() - 1));
        frames.removeIf(frame -> kind(frame) == FrameKind.MEMORY.code());
        for (int pages : new int[] {1, 16}) {
            ByteBuffer payload = ByteBuffer.allocate(12 + length).order(ByteOrder.LITTLE_ENDIAN);
            payload.putLong(0).putInt(pages).put(compressed, 0, length);
            List<byte[]> withBomb = new ArrayList<>(frames);
            withBomb.add(frame(FrameKind.MEMORY.code(), payload.array()));
            assertTrue(refused(sealed(withBomb)).endsWith("it does not hold %d pages".formatted(pages)));
        }
    }

    @Test
    @DisplayName("Any payload with a checksum that fits is taken, or refused in one line with nothing changed")
    void forgedPayloads() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < MUTATIONS; i++) {
            List<byte[]> frames = new ArrayList<>(frames().subList(0, frames().size() - 1));
            int chosen = random.nextInt(frames.size());
            byte[] payload = payload(frames.get(chosen));
            for (int changes = random.nextInt(3); changes >= 0; changes--) {
                payload[random.nextInt(payload.length)] =
                        random.nextBoolean() ? (byte) random.nextInt() : (byte) (random.nextInt(3) - 1);
            }
            if (random.nextInt(10) == 0) {
                payload = Arrays.copyOf(payload, random.nextInt(2 * payload.length));
            }
            frames.set(chosen, frame(kind(frames.get(chosen)), payload));
            Files.write(file, sealed(frames));
            try {
                snapshots.restore(machine, file);
                putBack();
            } catch (SnapshotException e) {
                assertUnchanged(e.getMessage());
            } catch (RuntimeException e) {
                fail("seed " + seed + " mutation " + i, e);
            }
        }
    }

    private static void putBack() throws Exception {
        machine.restore(machineBefore);
        machine.memory().write(0, ramBefore, 0, ramBefore.length);
        machine.partition.restore(before);
        machine.memory().write(0, ramBefore, 0, ramBefore.length);
        assertUnchanged("put back");
    }

    private static List<byte[]> frames() {
        List<byte[]> frames = new ArrayList<>();
        for (int start = FrameWriter.PREFACE_BYTES; start < valid.length; ) {
            int length = ByteBuffer.wrap(valid).order(ByteOrder.LITTLE_ENDIAN).getInt(start + 8) + 16;
            frames.add(Arrays.copyOfRange(valid, start, start + length));
            start += length;
        }
        return frames;
    }

    private static List<Integer> lengthPlaces() {
        List<Integer> places = new ArrayList<>();
        int start = FrameWriter.PREFACE_BYTES;
        for (byte[] frame : frames()) {
            places.add(start + 8);
            start += frame.length;
        }
        return places;
    }

    private static int kind(byte[] frame) {
        return frame[0];
    }

    private static byte[] payload(byte[] frame) {
        return Arrays.copyOfRange(frame, 12, frame.length - 4);
    }

    private static byte[] frame(int kind, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(16 + payload.length).order(ByteOrder.LITTLE_ENDIAN);
        frame.putInt(kind).putInt(0).putInt(payload.length).put(payload);
        return frame.array();
    }

    private static byte[] join(List<byte[]> frames) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(valid, 0, FrameWriter.PREFACE_BYTES);
        for (byte[] frame : frames) {
            out.write(frame);
        }
        return out.toByteArray();
    }

    /** A file of these frames with right numbers, checksums and end mark, as FORMAT.md says. */
    private static byte[] sealed(List<byte[]> frames) throws IOException {
        CRC32C list = new CRC32C();
        list.update(valid, 0, FrameWriter.PREFACE_BYTES);
        List<byte[]> sealed = new ArrayList<>();
        long bytes = FrameWriter.PREFACE_BYTES;
        for (byte[] frame : frames) {
            byte[] numbered = number(frame, sealed.size());
            list.update(numbered, numbered.length - 4, 4);
            sealed.add(numbered);
            bytes += numbered.length;
        }
        ByteBuffer end = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        end.putInt(sealed.size()).putLong(bytes).putInt((int) list.getValue());
        sealed.add(number(frame(FrameKind.END.code(), end.array()), sealed.size()));
        return join(sealed);
    }

    private static byte[] number(byte[] frame, int ordinal) {
        ByteBuffer numbered = ByteBuffer.wrap(frame.clone()).order(ByteOrder.LITTLE_ENDIAN);
        numbered.putInt(4, ordinal);
        CRC32C checksum = new CRC32C();
        checksum.update(numbered.array(), 0, frame.length - 4);
        numbered.putInt(frame.length - 4, (int) checksum.getValue());
        return numbered.array();
    }
}
