package hv.tlbflush;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.CpuidRegister;
import hv.api.enlightenment.Enlightenment;
import hv.hosted.HostedHost;
import hv.testkit.EnlightenmentContract;
import hv.testkit.Guest;
import hv.vpindex.VpIndex;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TlbFlushExtTest implements EnlightenmentContract {
    private static final int EXTENDED_RANGE_FORMAT = 1 << 3;

    @Override
    public Enlightenment enlightenment() {
        return new TlbFlushExt();
    }

    @Override
    public List<Enlightenment> required() {
        return List.of(new VpIndex(), new TlbFlush());
    }

    @Test
    @DisplayName("QEMU: hv-tlbflush-ext sets bit 14 of leaf 0x40000003 EDX")
    void showsTheBit() {
        try (Guest guest = guest("")) {
            assertTrue((guest.cpuid().get(0x4000_0003, CpuidRegister.EDX) & 1 << 14) != 0);
        }
    }

    @Test
    @DisplayName("TLFS extended GVA range: 2 MiB and 1 GiB pages are flushed like any others")
    void takesExtendedRanges() {
        HostedHost host = HostedHost.builder().build();
        try (Guest guest = Guest.with(new VpIndex(), new TlbFlush(), new TlbFlushExt())
                .flags("hv-vpindex,hv-tlbflush,hv-tlbflush-ext,hv-enforce-cpuid")
                .host(host)
                .start()
                .identify()) {
            long[] input = {0, EXTENDED_RANGE_FORMAT, 1, 0x4000_0800L | 3, 0x8000_1800L};
            for (int i = 0; i < input.length; i++) {
                guest.memory().putLong(0xA000 + 8 * i, input[i]);
            }
            assertEquals(0x2_0000_0000L, guest.hypercall(0x2_0000_0003L, 0xA000, 0));
            assertEquals(1, host.takeTlbFlushes().size());
        }
    }
}
