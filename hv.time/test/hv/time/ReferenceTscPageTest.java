package hv.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.GuestMemory;
import hv.api.SavedState;
import hv.hosted.HostedHost;
import hv.testkit.Guest;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceTscPageTest {
    private static final int TIME_REF_COUNT = 0x4000_0020;
    private static final int REFERENCE_TSC = 0x4000_0021;
    private static final long RAM_BYTES = 1 << 20;

    private static Guest guest() {
        return Guest.with(new Time()).flags("hv-time,hv-enforce-cpuid").vps(2).start();
    }

    @Test
    @DisplayName("TLFS Reference TSC Page MSR: 0 at first; without Enable the value is stored and the page left alone")
    void withoutEnableNothingIsWritten() {
        try (Guest guest = guest()) {
            assertEquals(0, guest.rdmsr(REFERENCE_TSC));
            guest.wrmsr(REFERENCE_TSC, 0x6000);
            assertEquals(0x6000, guest.rdmsr(1, REFERENCE_TSC));
            assertEquals("00".repeat(4096), guest.peek(0x6000, 4096));
        }
    }

    @Test
    @DisplayName(
            "KVM: a fresh page gets sequence 1, scale floor(2^64 * 10^7 / Hz) and offset before WRMSR ends; the rest stays")
    void enableWritesThePage() {
        try (Guest guest = guest()) {
            guest.poke(0x6000 + 24, "ff".repeat(4096 - 24));
            guest.wrmsr(REFERENCE_TSC, 0x6001);
            assertEquals(new ReferencePage(1, 0, Long.divideUnsigned(-1L, 260), 0), ReferencePage.at(guest, 0x6000));
            assertEquals("ff".repeat(4096 - 24), guest.peek(0x6000 + 24, 4096 - 24));
            assertEquals("00".repeat(16), guest.peek(0x6000 - 16, 16));
        }
    }

    @Test
    @DisplayName("vectors: writing the same page again gives sequence 2, also with bits 11:1 set, which are stored")
    void rewritingAdvancesTheSequence() {
        try (Guest guest = guest()) {
            guest.wrmsr(0, REFERENCE_TSC, 0x6001);
            guest.wrmsr(1, REFERENCE_TSC, 0x6FFF);
            assertEquals(0x6FFF, guest.rdmsr(REFERENCE_TSC));
            assertEquals(2, ReferencePage.at(guest, 0x6000).sequence());
            guest.wrmsr(REFERENCE_TSC, 0x7001);
            assertEquals(1, ReferencePage.at(guest, 0x7000).sequence());
        }
    }

    @Test
    @DisplayName("vectors: Enable=0 leaves the page untouched, its sequence stays valid")
    void disablingLeavesThePage() {
        try (Guest guest = guest()) {
            guest.wrmsr(REFERENCE_TSC, 0x7001);
            String page = guest.peek(0x7000, 64);
            guest.wrmsr(REFERENCE_TSC, 0x7000);
            assertEquals(0x7000, guest.rdmsr(REFERENCE_TSC));
            assertEquals(page, guest.peek(0x7000, 64));
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 2", "0x7fffffff, 0x80000000", "0xfffffffd, 0xfffffffe", "0xfffffffe, 1", "0xffffffff, 1"})
    @DisplayName("KVM, TLFS: the new sequence is the page's old one plus 1, never 0 and never 0xffffffff")
    void sequenceSkipsInvalidValues(String before, String after) {
        try (Guest guest = guest()) {
            guest.memory().putInt(0x6000, Long.decode(before).intValue());
            guest.wrmsr(REFERENCE_TSC, 0x6001);
            assertEquals(
                    Long.decode(after).intValue(),
                    ReferencePage.at(guest, 0x6000).sequence());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {RAM_BYTES | 1, -1, Long.MIN_VALUE | 1, -4095, Long.MAX_VALUE, (1L << 52) | 1})
    @DisplayName("vectors: a page outside RAM is stored without a fault and ignored")
    void pageOutsideRamIsIgnored(long value) {
        try (Guest guest = guest()) {
            guest.wrmsr(REFERENCE_TSC, value);
            assertEquals(value, guest.rdmsr(REFERENCE_TSC));
            guest.wrmsr(REFERENCE_TSC, RAM_BYTES - 4096 | 1);
            assertEquals(1, ReferencePage.at(guest, RAM_BYTES - 4096).sequence(), "the last page of RAM is one");
        }
    }

    @Test
    @DisplayName("KVM: sequence 0 is stored first, then scale and offset, then the new sequence with release")
    void writesInTheOrderThatReadersNeed() {
        StoreOrder order = new StoreOrder(HostedHost.builder().build().memory());
        ReferenceTscPage page = new ReferenceTscPage(order, new FixedClock(0x1234, -5));
        order.putInt(0x6000, 7);
        order.stores().clear();
        page.write(REFERENCE_TSC, 0x6001);
        assertEquals(
                List.of(
                        "release 6000 0",
                        "int 6004 0",
                        "long 6008 1234",
                        "long 6010 fffffffffffffffb",
                        "release 6000 8"),
                order.stores());
    }

    @Test
    @DisplayName(
            "TLFS: after a restore on another host the page holds the new line with the next sequence, and time goes on")
    void restoreRefreshesThePage() {
        HostedHost slower = HostedHost.builder()
                .memoryBytes(RAM_BYTES)
                .tscFrequencyHz(1_700_000_001L)
                .build();
        slower.setGuestTsc(987_654_321);
        try (Guest source = guest();
                Guest target = Guest.with(new Time())
                        .flags("hv-time,hv-enforce-cpuid")
                        .vps(2)
                        .host(slower)
                        .start()) {
            source.advance100ns(123_456);
            source.wrmsr(REFERENCE_TSC, 0x6001);
            ReferencePage before = ReferencePage.at(source, 0x6000);
            SavedState saved = source.save();
            target.copyMemory(source);
            target.restore(saved);
            ReferencePage after = ReferencePage.at(target, 0x6000);
            assertEquals(2, after.sequence());
            assertNotEquals(before.scale(), after.scale());
            assertEquals(123_456, target.rdmsr(TIME_REF_COUNT));
            assertEquals(123_456, after.time100ns(slower.guestTsc()));
            target.advance100ns(10);
            assertEquals(123_466, after.time100ns(slower.guestTsc()));
            assertEquals(123_466, target.rdmsr(TIME_REF_COUNT));
        }
    }

    @Test
    @DisplayName("restore leaves guest memory alone until a VP is about to run: memory may be filled after it")
    void memoryMayComeAfterRestore() throws Exception {
        try (Guest source = guest();
                Guest target = guest()) {
            source.wrmsr(REFERENCE_TSC, 0x6001);
            target.host().setGuestTsc(1_000_000_000);
            target.partition().restore(source.save());
            assertEquals(0, ReferencePage.at(target, 0x6000).sequence());
            target.copyMemory(source);
            target.partition().vp(1).drain();
            assertEquals(2, ReferencePage.at(target, 0x6000).sequence());
            target.partition().vp(0).drain();
            assertEquals(2, ReferencePage.at(target, 0x6000).sequence(), "one VP does it for all");
        }
    }

    @Test
    @DisplayName("a page that says already what it must is left alone, so no reader is made to read again")
    void truePageIsLeftAlone() {
        try (Guest guest = guest()) {
            guest.wrmsr(REFERENCE_TSC, 0x6001);
            assertTrue(guest.partition().places().swap("time", "").succeeded());
            guest.partition().vp(1).drain();
            assertEquals(1, ReferencePage.at(guest, 0x6000).sequence());
            guest.memory().putLong(0x6008, 1);
            assertTrue(guest.partition().places().swap("time", "").succeeded());
            guest.partition().vp(1).drain();
            assertEquals(2, ReferencePage.at(guest, 0x6000).sequence(), "a page that says something else is not");
        }
    }

    @Test
    @DisplayName("QEMU: reset disables the page; reference time goes on")
    void resetDisablesThePage() {
        try (Guest guest = guest()) {
            guest.wrmsr(REFERENCE_TSC, 0x6001);
            guest.advance100ns(5);
            guest.partition().reset();
            assertEquals(0, guest.rdmsr(REFERENCE_TSC));
            assertEquals(5, guest.rdmsr(TIME_REF_COUNT));
        }
    }

    @Test
    @DisplayName(
            "a guest that reads by the protocol never sees a mixture while another VP registers the page again and again")
    void readersNeverSeeAMixture() throws InterruptedException {
        GuestMemory memory = HostedHost.builder().build().memory();
        SteppingClock clock = new SteppingClock();
        ReferenceTscPage page = new ReferenceTscPage(memory, clock);
        page.write(REFERENCE_TSC, 0x6001);
        Thread writer = new Thread(() -> {
            for (int i = 0; i < 200_000; i++) {
                clock.step();
                page.write(REFERENCE_TSC, 0x6001);
            }
        });
        writer.start();
        long valid = 0;
        for (int i = 0; i < 500_000; i++) {
            int start = memory.getIntAcquire(0x6000);
            long scale = memory.getLong(0x6008);
            long offset = memory.getLong(0x6010);
            VarHandle.loadLoadFence();
            if (start != 0 && start == memory.getIntAcquire(0x6000)) {
                assertEquals(scale, offset, "sequence " + start);
                valid++;
            }
        }
        writer.join();
        assertTrue(valid > 0);
    }
}
