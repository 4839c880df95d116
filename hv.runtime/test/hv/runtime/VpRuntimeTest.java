package hv.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.enlightenment.Enlightenment;
import hv.hosted.HostedHost;
import hv.testkit.EnlightenmentContract;
import hv.testkit.Guest;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class VpRuntimeTest implements EnlightenmentContract {
    private static final int VP_RUNTIME = 0x4000_0010;

    @Override
    public Enlightenment enlightenment() {
        return new VpRuntime();
    }

    private Guest guest(HostedHost host) {
        return Guest.with(new VpRuntime())
                .flags("hv-runtime,hv-enforce-cpuid")
                .vps(2)
                .host(host)
                .start();
    }

    @Test
    @DisplayName("TLFS VP_RUNTIME: counts the VP's time in units of 100 ns, from 0")
    void countsFromZero() {
        HostedHost host = HostedHost.builder().build();
        host.setGuestTsc(1L << 40);
        try (Guest guest = guest(host)) {
            assertEquals(0, guest.rdmsr(VP_RUNTIME));
            guest.advance100ns(12_345);
            assertEquals(12_345, guest.rdmsr(VP_RUNTIME));
            assertEquals(12_345, guest.rdmsr(1, VP_RUNTIME));
        }
    }

    @Test
    @DisplayName("KVM: the counter goes on where it was after a restore, whatever the other host has counted")
    void goesOnAfterARestore() {
        HostedHost later = HostedHost.builder().build();
        later.setGuestTsc(1L << 50);
        try (Guest before = guest(HostedHost.builder().build());
                Guest after = guest(later)) {
            before.advance100ns(500);
            after.restore(before.save());
            assertEquals(500, after.rdmsr(VP_RUNTIME));
            after.advance100ns(20);
            assertEquals(520, after.rdmsr(1, VP_RUNTIME));
        }
    }

    /** The host's count at the time of the save is in no state, and there is nobody who could ask for it then. */
    @Override
    @Test
    @DisplayName(
            "Saved while the bundle was away, it goes on after the restore where it was when that left: it never goes back, and the time without the bundle is not counted")
    public void savedWhileAway() {
        try (Guest before = guest(HostedHost.builder().build());
                Guest after = guest(HostedHost.builder().build())) {
            before.advance100ns(500);
            before.withdraw("runtime");
            before.advance100ns(100);
            after.restore(before.save());
            assertEquals(500, after.rdmsr(VP_RUNTIME));
            after.advance100ns(20);
            assertEquals(520, after.rdmsr(1, VP_RUNTIME));
        }
    }

    @Test
    @DisplayName("it never goes back while the host's clock runs")
    void neverGoesBack() {
        try (Guest guest = guest(HostedHost.builder().runningClock().build())) {
            long last = 0;
            for (int i = 0; i < 10_000; i++) {
                long now = guest.rdmsr(VP_RUNTIME);
                assertTrue(now >= last);
                last = now;
            }
            assertTrue(last > 0);
        }
    }
}
