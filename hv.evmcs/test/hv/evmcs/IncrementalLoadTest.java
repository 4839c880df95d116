package hv.evmcs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.nested.CleanGroup;
import hv.api.nested.EnlightenedVmcs;
import hv.api.nested.EntryResult;
import hv.api.nested.EvmcsField;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What an entry takes over, what an exit writes back, against models made from the published table alone. */
class IncrementalLoadTest {
    private static final long PAGE = 0x20_000;

    /** Controls that no entry refuses, so that random values elsewhere get through. */
    private static final List<Integer> CONTROLS = List.of(0x4000, 0x4002, 0x401E, 0x400C, 0x4012);

    private final List<PublishedField> table = PublishedField.all();
    private Machine machine;
    private EnlightenedVmcs evmcs;

    @BeforeEach
    void start() {
        machine = Machine.intel();
        machine.enlighten(0, PAGE);
        evmcs = machine.evmcs(0);
        assertEquals(EntryResult.ENTERED, evmcs.enter(true, Machine.REVISION));
    }

    @AfterEach
    void stop() {
        machine.close();
    }

    @Test
    @DisplayName(
            "random changes under right and wrong clean bits: a field is taken over iff its bit is clear or it has none")
    void loadsExactlyTheDirtyGroups() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Map<PublishedField, Long> model = new HashMap<>();
        table.forEach(row -> model.put(row, 0L));
        for (int round = 0; round < 2_000; round++) {
            int clean = random.nextInt() & random.nextInt();
            for (int i = random.nextInt(20); i > 0; i--) {
                PublishedField row = table.get(random.nextInt(table.size()));
                if (row.offset() >= 8 && row.offset() != 0x338 && !CONTROLS.contains(row.encoding())) {
                    fill(row, random);
                }
            }
            machine.put(PAGE, EvmcsField.CLEAN_FIELDS, clean);
            assertEquals(EntryResult.ENTERED, evmcs.enter(false, Machine.REVISION));
            for (PublishedField row : table) {
                if (!row.isLoaded()) {
                    continue;
                }
                // KVM looks at EnlightenmentsControl whatever its clean bit says.
                int bit = row.group().equals("NONE") || row.offset() == 0x344
                        ? 0
                        : CleanGroup.valueOf(row.group()).mask();
                if ((clean & bit) == 0) {
                    model.put(row, onPage(row));
                }
                assertEquals(model.get(row), inCopy(row), () -> row + ", seed " + seed);
            }
            table.stream()
                    .filter(row -> row.isReadOnly() || row.group().isEmpty() && row.encoding() >= 0 || row.isUnmapped())
                    .forEach(row -> assertEquals(0, inCopy(row), () -> row + " is never loaded, seed " + seed));
        }
    }

    @Test
    @DisplayName(
            "an entry with all bits set reads fields without a clean bit, CleanFields and EnlightenmentsControl, in one go")
    void allCleanReadsLittle() {
        evmcs.markClean();
        machine.memory().watch(PAGE);
        assertEquals(EntryResult.ENTERED, evmcs.enter(false, Machine.REVISION));
        // 0x32C TPR threshold to 0x347, the end of EnlightenmentsControl.
        for (int offset = 0; offset < 4096; offset++) {
            assertEquals(
                    offset >= 0x32C && offset < 0x348 ? 1 : 0, machine.memory().reads(offset), "offset " + offset);
        }
        assertEquals(0, machine.memory().bytesWritten());
    }

    @Test
    @DisplayName("an entry with one dirty group reads no field of another group")
    void oneDirtyGroup() {
        for (int bit = 0; bit < 16; bit++) {
            CleanGroup group = CleanGroup.values()[bit];
            machine.put(PAGE, EvmcsField.CLEAN_FIELDS, CleanGroup.ALL & ~group.mask());
            machine.memory().watch(PAGE);
            assertEquals(EntryResult.ENTERED, evmcs.enter(false, Machine.REVISION));
            for (PublishedField row : table) {
                boolean isAlways = row.offset() >= 0x32C && row.offset() < 0x348;
                boolean isRead = isAlways || row.isLoaded() && row.group().equals(group.name());
                if (!row.isReserved()) {
                    assertEquals(isRead ? 1 : 0, machine.memory().reads(row.offset()), group + ": " + row);
                }
            }
        }
    }

    @Test
    @DisplayName("hostile L1: no byte is read twice during an entry, even while the page changes under our hands")
    void eachByteIsReadOnce() {
        Random random = new Random(5);
        machine.memory().watch(PAGE);
        machine.memory().afterRead(() -> machine.put(PAGE, EvmcsField.CLEAN_FIELDS, random.nextInt()));
        evmcs.enter(true, Machine.REVISION);
        machine.memory().afterRead(() -> {});
        assertTrue(IntStream.range(0, 4096).allMatch(offset -> machine.memory().reads(offset) <= 1));
        assertEquals(0, evmcs.vmcs().get(EvmcsField.CLEAN_FIELDS) & CleanGroup.ALL);
        assertTrue(machine.memory().bytesRead() <= 1024);
    }

    @Test
    @DisplayName("KVM: an exit writes L2's state and exit information, and leaves alone what it must not change")
    void writeBack() {
        // From the list of what KVM does not write: host state, bitmaps, controls but the primary and entry ones,
        // exception bitmap, EPT root, VPID,
        // TSC offset and multiplier, virtual APIC page, masks and shadows, link pointer, DEBUGCTL, PERF_GLOBAL_CTRL,
        // TPR threshold.
        List<Integer> kept = List.of(
                0x2000, 0x2002, 0x2004, 0x4000, 0x400C, 0x401E, 0x4004, 0x201A, 0x0000, 0x2010, 0x2032, 0x2012, 0x6000,
                0x6002, 0x6004, 0x6006, 0x2800, 0x2802, 0x2808, 0x401C, 0x202C, 0x202E);
        Random random = new Random(9);
        for (EvmcsField field : EvmcsField.values()) {
            evmcs.vmcs().set(field, random.nextLong() | 1);
        }
        machine.memory().watch(PAGE);
        assertTrue(evmcs.writeBack());
        assertEquals(0, machine.memory().bytesRead());
        for (PublishedField row : table) {
            boolean isHost = row.encoding() >= 0 && (row.encoding() & 0xC00) == 0xC00;
            boolean isWritten = row.encoding() >= 0
                    && !isHost
                    && !row.isUnmapped()
                    && !row.group().isEmpty()
                    && !kept.contains(row.encoding());
            for (int i = 0; i < row.bytes(); i++) {
                assertEquals(isWritten ? 1 : 0, machine.memory().writes(row.offset() + i), row.toString());
            }
            if (isWritten) {
                assertEquals(inCopy(row), onPage(row), row.toString());
            }
        }
    }

    private void fill(PublishedField row, Random random) {
        byte[] bytes = new byte[row.bytes()];
        random.nextBytes(bytes);
        machine.memory().write(PAGE + row.offset(), bytes, 0, bytes.length);
    }

    private long onPage(PublishedField row) {
        byte[] bytes = new byte[row.bytes()];
        machine.memory().read(PAGE + row.offset(), bytes, 0, bytes.length);
        return littleEndian(bytes);
    }

    private long inCopy(PublishedField row) {
        byte[] bytes = new byte[row.bytes()];
        System.arraycopy(evmcs.vmcs().image(), row.offset(), bytes, 0, bytes.length);
        return littleEndian(bytes);
    }

    private static long littleEndian(byte[] bytes) {
        long value = 0;
        for (int i = Math.min(bytes.length, 8) - 1; i >= 0; i--) {
            value = value << 8 | bytes[i] & 0xFF;
        }
        return value;
    }
}
