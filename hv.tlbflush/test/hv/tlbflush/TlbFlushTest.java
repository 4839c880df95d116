package hv.tlbflush;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.CpuidRegister;
import hv.api.enlightenment.Enlightenment;
import hv.hosted.HostedHost;
import hv.testkit.EnlightenmentContract;
import hv.testkit.Guest;
import hv.testkit.GuestRegisters;
import hv.vpindex.VpIndex;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlbFlushTest implements EnlightenmentContract {
    private static final long FAST = 1L << 16;
    private static final long SUCCESS = 0;
    private static final long INVALID_INPUT = 3;
    private static final long INPUT = 0xA001;
    private static final long END_OF_RAM = 1 << 20;

    private final HostedHost host = HostedHost.builder().memoryBytes(END_OF_RAM).build();
    private Guest guest = guest(3);

    @Override
    public Enlightenment enlightenment() {
        return new TlbFlush();
    }

    @Override
    public List<Enlightenment> required() {
        return List.of(new VpIndex());
    }

    private Guest guest(int vps) {
        return Guest.with(new VpIndex(), new TlbFlush())
                .flags("hv-vpindex,hv-tlbflush")
                .vps(vps)
                .host(host)
                .start()
                .identify();
    }

    @AfterEach
    void end() {
        guest.close();
    }

    private void larger(int vps) {
        guest.close();
        guest = guest(vps);
    }

    /** A slow call with this input; the result value. */
    private long slow(long control, long... input) {
        return slowAt(INPUT, control, input);
    }

    private long slowAt(long gpa, long control, long... input) {
        for (int i = 0; i < input.length; i++) {
            guest.memory().putLong(gpa + 8L * i, input[i]);
        }
        return guest.hypercall(control, gpa, 0);
    }

    private static long reps(long code, long count) {
        return code | count << 32;
    }

    private static long banks(long code, long count) {
        return code | count << 17;
    }

    private void flushed(int... vps) {
        BitSet expected = new BitSet();
        for (int vp : vps) {
            expected.set(vp);
        }
        assertEquals(List.of(new hv.hosted.TlbFlush(0, expected)), host.takeTlbFlushes());
    }

    private void nothingFlushed() {
        assertEquals(List.of(), host.takeTlbFlushes());
    }

    @Test
    @DisplayName("QEMU: hv-tlbflush sets bits 2 and 11 of leaf 0x40000004 EAX")
    void showsBothBits() {
        assertEquals(1 << 2 | 1 << 11, guest.cpuid().get(0x4000_0004, CpuidRegister.EAX));
    }

    @Test
    @DisplayName("TLFS HvCallFlushVirtualAddressSpace: the VPs of the mask are flushed, others are not")
    void flushesTheMask() {
        assertEquals(SUCCESS, slow(2, 0x123_4000, 0, 0b110));
        flushed(1, 2);
        assertEquals(SUCCESS, guest.hypercall(2 | FAST, 0x123_4000, 0, 0b101));
        flushed(0, 2);
    }

    @Test
    @DisplayName("KVM: a mask of 0 means all VPs (Windows Server 2012), as does flag 0")
    void emptyMaskMeansAll() {
        assertEquals(SUCCESS, slow(2, 0, 0, 0));
        flushed(0, 1, 2);
        assertEquals(SUCCESS, slow(2, 0, 1, 0b10));
        flushed(0, 1, 2);
    }

    @Test
    @DisplayName("KVM: VPs that do not exist are ignored; a mask of nothing else is success and flushes nobody")
    void ignoresMissingVps() {
        assertEquals(SUCCESS, slow(2, 0, 0, -1L << 2));
        flushed(2);
        assertEquals(SUCCESS, slow(2, 0, 0, 1L << 40));
        nothingFlushed();
    }

    @Test
    @DisplayName("KVM: unknown flags are not refused (TLFS: must be zero)")
    void takesUnknownFlags() {
        assertEquals(SUCCESS, slow(2, 0, -1L & ~1, 0b10));
        flushed(1);
    }

    @Test
    @DisplayName("KVM: reps, a rep start or a variable header of a simple call are INVALID_HYPERCALL_INPUT")
    void simpleCallHasNoRepsAndNoHeader() {
        assertEquals(INVALID_INPUT, slow(reps(2, 1), 0, 0, 1));
        assertEquals(INVALID_INPUT, slow(2 | 1L << 48, 0, 0, 1));
        assertEquals(INVALID_INPUT, slow(banks(2, 1), 0, 0, 1));
        assertEquals(INVALID_INPUT, slow(reps(0x13, 1), 0, 0, 1, 0));
        nothingFlushed();
    }

    @Test
    @DisplayName(
            "KVM: no reps, a rep start, or a variable header without Ex, of a list call are INVALID_HYPERCALL_INPUT")
    void listCallHasRepsFromZero() {
        assertEquals(INVALID_INPUT, slow(3, 0, 0, 1, 0));
        assertEquals(INVALID_INPUT, slow(reps(3, 2) | 1L << 48, 0, 0, 1, 0));
        assertEquals(INVALID_INPUT, slow(banks(reps(3, 1), 1), 0, 0, 1, 0));
        assertEquals(INVALID_INPUT, slow(0x14, 0, 0, 1, 0));
        nothingFlushed();
    }

    @Test
    @DisplayName("KVM: input may be at any address, also across a page; beyond RAM it is INVALID_HYPERCALL_INPUT")
    void takesAnyAddressInRam() {
        for (long gpa : new long[] {0xA001, 0xA004, 0xAFF8, 0xAFFF, END_OF_RAM - 24}) {
            assertEquals(SUCCESS, slowAt(gpa, 2, 0, 0, 1));
            flushed(0);
        }
        for (long gpa : new long[] {END_OF_RAM - 23, END_OF_RAM, 0xFEE0_0000L, Long.MIN_VALUE, -1, -24}) {
            assertEquals(INVALID_INPUT, guest.hypercall(2, gpa, 0));
        }
        nothingFlushed();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 15, 16, 4095})
    @DisplayName("KVM: a list call flushes and completes all repetitions")
    void completesAllRepetitions(long count) {
        assertEquals(reps(SUCCESS, count), slow(reps(3, count), 0, 0, 0b10, 0x1000, 0x2FFF));
        flushed(1);
        assertEquals(reps(SUCCESS, count), slow(banks(reps(0x14, count), 1), 0, 0, 0, 1, 0b10, 0x1000));
        flushed(1);
    }

    @Test
    @DisplayName("KVM (6.2 and later): up to 15 ranges in memory must be readable, more are not read")
    void readsUpToFifteenRanges() {
        long gpa = END_OF_RAM - 24 - 15 * 8;
        assertEquals(reps(SUCCESS, 15), slowAt(gpa, reps(3, 15), 0, 0, 1));
        flushed(0);
        assertEquals(INVALID_INPUT, slowAt(gpa + 1, reps(3, 15), 0, 0, 1));
        nothingFlushed();
        assertEquals(reps(SUCCESS, 16), slowAt(END_OF_RAM - 24, reps(3, 16), 0, 0, 1));
        flushed(0);
    }

    @ParameterizedTest
    @CsvSource({"1, true", "11, true", "12, false", "15, false", "16, true", "4095, true"})
    @DisplayName("KVM (6.2 and later): a fast list holds 11 ranges; 12 to 15 are refused, 16 and more not looked at")
    void limitsFastLists(long count, boolean isTaken) {
        long result = guest.hypercall(reps(3, count) | FAST, 0, 0, 1);
        assertEquals(isTaken ? reps(SUCCESS, count) : INVALID_INPUT, result);
        assertEquals(isTaken ? 1 : 0, host.takeTlbFlushes().size());
    }

    @ParameterizedTest
    @CsvSource({
        "1, 9, true",
        "1, 10, false",
        "4, 6, true",
        "4, 7, false",
        "10, 1, false",
        "4, 16, true",
        "11, 16, false"
    })
    @DisplayName(
            "KVM (6.2 and later): banks and ranges of a fast list share 10 words; 16 and more ranges are not looked at")
    void limitsFastExLists(int bankCount, long count, boolean isTaken) {
        long result = guest.hypercall(banks(reps(0x14, count), bankCount) | FAST, 0, 0, 0, (1L << bankCount) - 1, 1);
        assertEquals(isTaken ? reps(SUCCESS, count) : INVALID_INPUT, result);
    }

    @Test
    @DisplayName("TLFS sparse VP set: banks are there for the mask's bits in ascending order")
    void flushesSparseSets() {
        larger(130);
        assertEquals(SUCCESS, slow(banks(0x13, 2), 0, 0, 0, 0b101, 1L << 63, 0b11));
        flushed(63, 128, 129);
        assertEquals(SUCCESS, guest.hypercall(banks(0x13, 2) | FAST, 0, 0, 0, 0b110, 1, 2));
        flushed(64, 129);
    }

    @Test
    @DisplayName("KVM: banks of VPs that do not exist are counted and ignored")
    void ignoresMissingBanks() {
        assertEquals(SUCCESS, slow(banks(0x13, 3), 0, 0, 0, 1 | 1L << 5 | 1L << 63, 0b1100, -1, -1));
        flushed(2);
        assertEquals(SUCCESS, slow(banks(0x13, 1), 0, 0, 0, 1L << 63, -1));
        nothingFlushed();
    }

    @Test
    @DisplayName("KVM: the variable header has as many banks as the mask has bits, also where the format says all")
    void countsBanks() {
        assertEquals(INVALID_INPUT, slow(banks(0x13, 1), 0, 0, 0, 0b11, 1, 1));
        assertEquals(INVALID_INPUT, slow(banks(0x13, 2), 0, 0, 0, 0b1, 1, 1));
        assertEquals(INVALID_INPUT, slow(banks(0x13, 1), 0, 0, 1, 0));
        assertEquals(INVALID_INPUT, slow(0x13, 0, 0, 1, 1));
        assertEquals(INVALID_INPUT, slow(banks(0x13, 65), 0, 0, 1, -1));
        nothingFlushed();
    }

    @Test
    @DisplayName("KVM: a sparse set without banks is success and flushes nobody, whatever the flags and the list")
    void emptySparseSetIsSuccess() {
        assertEquals(SUCCESS, slow(0x13, 0, 1, 0, 0));
        assertEquals(reps(SUCCESS, 12), guest.hypercall(reps(0x14, 12) | FAST, 0, 0, 0, 0));
        assertEquals(reps(SUCCESS, 5), slowAt(END_OF_RAM - 32, reps(0x14, 5), 0, 0, 0, 0));
        nothingFlushed();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, -1, Long.MIN_VALUE})
    @DisplayName("KVM: any format but sparse means all VPs; banks are then counted and not read")
    void otherFormatsMeanAll(long format) {
        assertEquals(SUCCESS, slow(0x13, 0, 0, format, 0));
        flushed(0, 1, 2);
        assertEquals(SUCCESS, slowAt(END_OF_RAM - 32, banks(0x13, 64), 0, 0, format, -1));
        flushed(0, 1, 2);
        assertEquals(SUCCESS, guest.hypercall(banks(0x13, 64) | FAST, 0, 0, format, -1));
        flushed(0, 1, 2);
    }

    @Test
    @DisplayName("KVM: Ex looks at the format alone; flag 0 does not mean all")
    void exIgnoresAllProcessorsFlag() {
        assertEquals(SUCCESS, slow(banks(0x13, 1), 0, 1, 0, 1, 0b10));
        flushed(1);
    }

    @Test
    @DisplayName("KVM: the list of the Ex form starts behind all banks, also where the format says all")
    void listFollowsBanks() {
        assertEquals(reps(SUCCESS, 1), slowAt(END_OF_RAM - 48, banks(reps(0x14, 1), 1), 0, 0, 1, 1, 0, 0x1000));
        assertEquals(INVALID_INPUT, slowAt(END_OF_RAM - 40, banks(reps(0x14, 1), 1), 0, 0, 1, 1, 0));
        assertEquals(INVALID_INPUT, guest.hypercall(banks(reps(0x14, 1), 10) | FAST, 0, 0, 1, 0x3FF));
    }

    @Test
    @DisplayName("KVM: of the banks the first 16 are read, since only they can name one of its 1,024 VPs")
    void readsSixteenBanks() {
        assertEquals(SUCCESS, slowAt(END_OF_RAM - 32 - 16 * 8, banks(0x13, 64), 0, 0, 0, -1, 0b1));
        flushed(0);
        assertEquals(INVALID_INPUT, slowAt(END_OF_RAM - 32 - 15 * 8, banks(0x13, 64), 0, 0, 0, -1, 0b1));
        nothingFlushed();
    }

    @Test
    @DisplayName("TLFS: a partition of 4,096 VPs is named by 64 banks")
    void flushesManyVps() {
        larger(4096);
        long[] input = new long[68];
        input[3] = -1;
        input[67] = 1L << 63;
        assertEquals(SUCCESS, slow(banks(0x13, 64), input));
        flushed(4095);
        assertEquals(SUCCESS, slow(2, 0, 0, 0));
        assertEquals(4096, host.takeTlbFlushes().get(0).vps().cardinality());
    }

    @Test
    @DisplayName("KVM: with hv-enforce-cpuid the fast form is #UD without hv-xmm-input, the slow form works")
    void fastFormNeedsXmmInput() {
        try (Guest strict = Guest.with(new VpIndex(), new TlbFlush())
                .flags("hv-vpindex,hv-tlbflush,hv-enforce-cpuid")
                .start()
                .identify()) {
            for (long code : new long[] {2, reps(3, 1), 0x13, reps(0x14, 1)}) {
                assertTrue(!strict.call(0, GuestRegisters.in64(code | FAST, 0, 0)));
            }
            assertEquals(SUCCESS, strict.hypercall(2, 0xA000, 0));
        }
    }

    @Test
    @DisplayName("a 32-bit caller passes the same call in EDX:EAX, EBX:ECX and EDI:ESI (TLFS)")
    void takes32BitCalls() {
        guest.memory().putLong(INPUT + 16, 0b10);
        GuestRegisters registers = GuestRegisters.in32(reps(3, 1), INPUT, 0);
        assertTrue(guest.call(0, registers));
        assertEquals(reps(SUCCESS, 1), registers.result());
        flushed(1);
    }
}
