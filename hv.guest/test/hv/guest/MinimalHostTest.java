package hv.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.CpuidRegister;
import hv.api.GuestMemory;
import hv.api.HostFacts;
import hv.api.PowerEvent;
import hv.api.Vendor;
import hv.api.host.GuestPartition;
import hv.api.host.Host;
import hv.api.host.Hypervisor;
import hv.hosted.BufferMemory;
import hv.testkit.Deployed;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A VMM that has memory, a TSC, interrupts and kicks, and nothing else")
class MinimalHostTest {
    private static final long TSC_HZ = 1_000_000_000;
    private static final int VPS = 2;
    private static final int RECOMMENDATIONS = 0x4000_0004;
    private static final int FLUSH_RECOMMENDED = 1 << 2;
    private static final int APIC_MSRS_RECOMMENDED = 1 << 3;
    private static final int AUTO_EOI_DEPRECATED = 1 << 9;

    /** Only what {@link Host} leaves no choice about. */
    private static final class MinimalHost implements Host {
        private final GuestMemory memory = new BufferMemory(GuestProgram.memoryBytes(VPS));
        private final long origin = System.nanoTime();
        private volatile HostedGuest guest;

        @Override
        public String name() {
            return "minimal";
        }

        @Override
        public HostFacts facts() {
            return HostFacts.builder(Vendor.INTEL, TSC_HZ, TSC_HZ).build();
        }

        @Override
        public GuestMemory memory() {
            return memory;
        }

        @Override
        public long guestTsc() {
            return System.nanoTime() - origin;
        }

        @Override
        public byte[] hypercallPage() {
            return new byte[] {0x0F, 0x01, (byte) 0xC1, (byte) 0xC3};
        }

        @Override
        public void kick(int vp) {} // The interpreter drains every VP in each round.

        @Override
        public void interrupt(int vp, int vector) {
            guest.interrupt(vp, vector);
        }

        @Override
        public void power(PowerEvent event) {}
    }

    @Test
    @DisplayName(
            "runs the whole program: no #GP for anything that the guest was promised, nothing refused that it was recommended")
    void runsEverything() throws Exception {
        try (Deployed deployed = new Deployed()) {
            Hypervisor hypervisor = deployed.hypervisor();
            MinimalHost host = new MinimalHost();
            String flags = hypervisor.everything(host.facts()) + ",hv-enforce-cpuid";
            try (GuestPartition partition = hypervisor.create(flags, host)) {
                for (int vp = 0; vp < VPS; vp++) {
                    partition.addVp();
                }
                var parts =
                        ShippedParts.files().stream().map(ShippedParts::read).toList();
                Set<String> expected =
                        new TreeSet<>(hypervisor.check(flags, host.facts()).enabled());
                expected.retainAll(parts.stream().map(GuestPart::id).toList());
                expected.removeAll(Set.of("tlbflush", "tlbflush-ext"));
                ByteArrayOutputStream report = new ByteArrayOutputStream();
                host.guest = new HostedGuest(GuestProgram.of(parts, expected), partition, host, "", report);
                int code = host.guest.run();
                String text = report.toString(StandardCharsets.US_ASCII);
                assertEquals(0, code, text);
                assertTrue(text.contains("stimer"), text);
                assertFalse(text.contains("FAIL"), text);
            }
        }
    }

    @Test
    @DisplayName("is not said to have what it has not: no flush calls, no APIC MSRs, no AutoEOI")
    void recommendsWhatItHas() throws Exception {
        try (Deployed deployed = new Deployed()) {
            var verdict =
                    deployed.hypervisor().check("hv-vpindex,hv-synic,hv-vapic,hv-tlbflush", new MinimalHost().facts());
            int hints = verdict.cpuid().get(RECOMMENDATIONS, CpuidRegister.EAX);
            assertEquals(
                    AUTO_EOI_DEPRECATED, hints & (FLUSH_RECOMMENDED | APIC_MSRS_RECOMMENDED | AUTO_EOI_DEPRECATED));
            assertEquals(2, verdict.problems().size(), verdict.problems().toString());
        }
    }
}
