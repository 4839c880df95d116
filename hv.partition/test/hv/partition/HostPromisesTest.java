package hv.partition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.GuestMemory;
import hv.api.HostFacts;
import hv.api.LocalApic;
import hv.api.PowerEvent;
import hv.api.Vendor;
import hv.api.VpSet;
import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.Host;
import hv.hosted.BufferMemory;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What a host says of itself and what it implements")
class HostPromisesTest {
    private static final HostFacts NOTHING =
            HostFacts.builder(Vendor.AMD, 2_000_000_000L, 1_000_000_000L).build();

    /** A host with the least that one must have. */
    private static class LeastHost implements Host {
        private final HostFacts facts;
        private final GuestMemory memory = new BufferMemory(1 << 20);

        LeastHost(HostFacts facts) {
            this.facts = facts;
        }

        @Override
        public String name() {
            return "least";
        }

        @Override
        public HostFacts facts() {
            return facts;
        }

        @Override
        public GuestMemory memory() {
            return memory;
        }

        @Override
        public long guestTsc() {
            return 0;
        }

        @Override
        public byte[] hypercallPage() {
            return new byte[] {(byte) 0xC3};
        }

        @Override
        public void kick(int vp) {}

        @Override
        public void interrupt(int vp, int vector) {}

        @Override
        public void power(PowerEvent event) {}
    }

    /** One that flushes, and has methods for APICs that give none. */
    private static final class FlushingHost extends LeastHost {
        FlushingHost(HostFacts facts) {
            super(facts);
        }

        @Override
        public boolean flushTlb(int caller, VpSet targets) {
            return true;
        }

        @Override
        public Optional<LocalApic> apic(int vp) {
            return Optional.empty();
        }
    }

    private static GuestPartition create(Host host) throws ConfigurationException {
        return PartitionService.of(List.of()).create("", host);
    }

    @Test
    @DisplayName("a promise without its method is an error, and all of them are named with the method to implement")
    void promisesWithoutMethods() {
        HostFacts all = NOTHING.toBuilder().everything().build();
        var refusal = assertThrows(ConfigurationException.class, () -> create(new LeastHost(all)));
        assertEquals(4, refusal.problems().size(), refusal.getMessage());
        for (String method : List.of("Host.apic", "Host.interruptAutoEoi", "Host.flushTlb", "Host.vpRunTime100ns")) {
            assertTrue(
                    refusal.problems().stream()
                            .anyMatch(problem -> problem.remedy().startsWith("implement " + method + ", ")),
                    refusal.getMessage());
        }
    }

    @Test
    @DisplayName("a host that promises nothing, or only what it implements, is taken")
    void honest() throws Exception {
        create(new LeastHost(NOTHING)).close();
        create(new FlushingHost(NOTHING.toBuilder().tlbFlush(true).build())).close();
        create(new FlushingHost(NOTHING)).close();
    }

    @Test
    @DisplayName("a host whose method for APICs gives none is found out when a VP is added")
    void noApic() throws Exception {
        HostFacts facts = NOTHING.toBuilder().apicAccess(true).build();
        try (GuestPartition partition = create(new FlushingHost(facts))) {
            var refusal = assertThrows(IllegalStateException.class, partition::addVp);
            assertTrue(refusal.getMessage().contains("Host.apic(0)"), refusal.getMessage());
            assertEquals(0, partition.vpCount());
        }
    }

    @Test
    @DisplayName("exit-less EOI without the APICs that it is about is refused by the builder")
    void factsThatContradictEachOther() {
        var builder = NOTHING.toBuilder().exitlessEoi(true);
        assertThrows(IllegalArgumentException.class, builder::build);
    }
}
