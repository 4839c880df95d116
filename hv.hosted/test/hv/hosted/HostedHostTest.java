package hv.hosted;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.PowerEvent;
import hv.api.Vendor;
import hv.api.enlightenment.ReferenceClock;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostedHostTest {
    @Test
    @DisplayName("the hypercall page holds VMCALL and RET on Intel, VMMCALL and RET on AMD, as KVM's does")
    void hypercallPageIsTheVendorsOwn() {
        assertArrayEquals(
                HexFormat.of().parseHex("0f01c1c3"),
                HostedHost.builder().build().hypercallPage());
        assertArrayEquals(
                HexFormat.of().parseHex("0f01d9c3"),
                HostedHost.builder().vendor(Vendor.AMD).build().hypercallPage());
    }

    @Test
    @DisplayName("facts are as built")
    void factsAreAsBuilt() {
        HostedHost host = HostedHost.builder()
                .smtPossible(false)
                .tscFrequencyHz(3_000_000_000L)
                .apicFrequencyHz(100_000_000)
                .memoryBytes(8192)
                .build();
        assertFalse(host.facts().smtPossible());
        assertEquals(3_000_000_000L, host.facts().tscFrequencyHz());
        assertEquals(100_000_000, host.facts().apicFrequencyHz());
        assertEquals(8192, host.memoryBytes());
        assertTrue(host.memory().isRam(8191, 1));
    }

    @Test
    @DisplayName("the clock stands still until it is moved")
    void manualClockStandsStill() {
        HostedHost host = HostedHost.builder().build();
        assertEquals(0, host.guestTsc());
        host.setGuestTsc(500);
        host.advanceGuestTsc(20);
        assertEquals(520, host.guestTsc());
        assertThrows(IllegalArgumentException.class, () -> host.advance100ns(-1));
    }

    @ParameterizedTest
    @ValueSource(longs = {10_000_001, 19_999_999, 2_600_000_000L, 2_596_105_000L, 4_999_999_999L})
    @DisplayName("advancing by n units moves reference time by exactly n, whatever the frequency")
    void advancesReferenceTimeExactly(long frequencyHz) {
        HostedHost host = HostedHost.builder().tscFrequencyHz(frequencyHz).build();
        long scale = BigInteger.ONE
                .shiftLeft(64)
                .multiply(BigInteger.valueOf(10_000_000))
                .divide(BigInteger.valueOf(frequencyHz))
                .longValue();
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 1000; i++) {
            host.advanceGuestTsc(random.nextInt(1000));
            long before = ReferenceClock.scaled(host.guestTsc(), scale);
            long step = random.nextInt(4) == 0 ? random.nextLong(1L << 40) : random.nextInt(3);
            host.advance100ns(step);
            assertEquals(before + step, ReferenceClock.scaled(host.guestTsc(), scale), "seed " + seed + " step " + i);
        }
    }

    @Test
    @DisplayName("a running clock never goes back, goes on from where it is set, and is not advanced by hand")
    void runningClockGoesOn() {
        HostedHost host = HostedHost.builder().runningClock().build();
        host.setGuestTsc(1L << 40);
        long before = host.guestTsc();
        for (int i = 0; i < 1000; i++) {
            long now = host.guestTsc();
            assertTrue(now >= before);
            before = now;
        }
        assertTrue(before >= 1L << 40);
        assertThrows(IllegalStateException.class, () -> host.advance100ns(1));
    }

    @Test
    @DisplayName("the record of interrupts keeps the newest and counts the rest")
    void interruptRecordIsBounded() {
        HostedHost host = HostedHost.builder().build();
        for (int i = 0; i < HostedHost.RECORD_CAPACITY + 10; i++) {
            host.interrupt(i, 0x20);
        }
        List<Interrupt> taken = host.takeInterrupts();
        assertEquals(HostedHost.RECORD_CAPACITY, taken.size());
        assertEquals(new Interrupt(10, 0x20), taken.get(0));
        assertEquals(10, host.droppedInterrupts());
        assertEquals(List.of(), host.takeInterrupts());
    }

    @Test
    @DisplayName("a kick is taken once, each VP's by itself")
    void kickIsTakenOnce() {
        HostedHost host = HostedHost.builder().build();
        host.kick(0);
        host.kick(63);
        host.kick(64);
        host.kick(64);
        host.kick(4095);
        assertTrue(host.takeKick(64));
        assertFalse(host.takeKick(64));
        assertTrue(host.takeKick(0));
        assertTrue(host.takeKick(63));
        assertTrue(host.takeKick(4095));
        assertFalse(host.takeKick(1));
    }

    @Test
    @DisplayName("listeners hear of interrupts, kicks, spinning and power events")
    void listenersHearEverything() {
        HostedHost host = HostedHost.builder().build();
        List<String> heard = new ArrayList<>();
        host.addListener(new HostedListener() {
            @Override
            public void kicked(int vp) {
                heard.add("kick " + vp);
            }

            @Override
            public void interrupted(int vp, int vector) {
                heard.add("interrupt " + vp + " " + vector);
            }

            @Override
            public void spinning(int vp) {
                heard.add("spin " + vp);
            }

            @Override
            public void power(PowerEvent event) {
                heard.add("power " + event.vp());
            }
        });
        host.kick(1);
        host.interrupt(2, 48);
        host.spinning(3);
        host.power(new PowerEvent.Reset(4));
        assertEquals(List.of("kick 1", "interrupt 2 48", "spin 3", "power 4"), heard);
        assertEquals(List.of(new PowerEvent.Reset(4)), host.powerEvents());
    }
}
