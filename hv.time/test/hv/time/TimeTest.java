package hv.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.CpuidRegister;
import hv.api.enlightenment.Enlightenment;
import hv.hosted.HostedHost;
import hv.testkit.EnlightenmentContract;
import hv.testkit.Guest;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeTest implements EnlightenmentContract {
    private static final int TIME_REF_COUNT = 0x4000_0020;
    private static final int REFERENCE_TSC = 0x4000_0021;

    @Override
    public Enlightenment enlightenment() {
        return new Time();
    }

    private static Guest guest(HostedHost host) {
        return Guest.with(new Time())
                .flags("hv-time,hv-enforce-cpuid")
                .vps(2)
                .host(host)
                .start();
    }

    @Test
    @DisplayName("TLFS Partition Privileges: hv-time sets bits 1 and 9 of leaf 0x40000003 EAX")
    void showsBothPrivileges() {
        try (Guest guest = guest("")) {
            assertEquals(1 << 9 | 1 << 5 | 1 << 1, guest.cpuid().get(0x4000_0003, CpuidRegister.EAX));
        }
    }

    @Test
    @DisplayName(
            "TLFS Reference Counter: 0 when the partition is built, whatever the TSC is, then one per 100 ns on every VP")
    void counterStartsAtZero() {
        HostedHost host = HostedHost.builder().build();
        host.setGuestTsc(0x7FFF_1234_5678_9ABCL);
        try (Guest guest = guest(host)) {
            assertEquals(0, guest.rdmsr(0, TIME_REF_COUNT));
            guest.advance100ns(1);
            assertEquals(1, guest.rdmsr(0, TIME_REF_COUNT));
            guest.advance100ns(9_999_999);
            assertEquals(10_000_000, guest.rdmsr(1, TIME_REF_COUNT));
        }
    }

    @Test
    @DisplayName("TLFS Reference Counter: a second of TSC ticks is ten million units, less what truncation takes")
    void counterFollowsTheTsc() {
        HostedHost host = HostedHost.builder().tscFrequencyHz(2_596_105_000L).build();
        try (Guest guest = guest(host)) {
            host.advanceGuestTsc(2_596_105_000L);
            long time = guest.rdmsr(TIME_REF_COUNT);
            assertTrue(time >= 9_999_999 && time <= 10_000_000, "" + time);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {10_000_001, 1_000_000_000, 2_596_105_000L, 2_600_000_000L, 5_999_999_999L})
    @DisplayName(
            "TLFS Partition Reference TSC Mechanism: the page's formula gives the counter's value for every TSC, to the tick")
    void pageAndCounterAgree(long frequencyHz) {
        HostedHost host = HostedHost.builder().tscFrequencyHz(frequencyHz).build();
        long seed = System.nanoTime();
        Random random = new Random(seed);
        host.setGuestTsc(random.nextLong());
        try (Guest guest = guest(host)) {
            guest.wrmsr(REFERENCE_TSC, 0x6001);
            for (int i = 0; i < 10_000; i++) {
                host.advanceGuestTsc(random.nextLong(1L << random.nextInt(1, 63)));
                assertEquals(
                        ReferencePage.at(guest, 0x6000).time100ns(host.guestTsc()),
                        guest.rdmsr(TIME_REF_COUNT),
                        "seed " + seed + " step " + i);
            }
        }
    }
}
