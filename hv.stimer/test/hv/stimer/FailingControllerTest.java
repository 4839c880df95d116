package hv.stimer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.api.CpuidRegister;
import hv.api.dto.FailureDTO;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.FlagOption;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.VpAttachment;
import hv.api.synic.SintMessages;
import hv.testkit.Guest;
import hv.time.Time;
import hv.vpindex.VpIndex;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Timers whose interrupt controller fails")
class FailingControllerTest {
    private static final int CONFIG0 = 0x4000_00B0;
    private static final int COUNT0 = 0x4000_00B1;

    /** The 10 ms after which a controller is asked again. */
    private static final long RETRY_100NS = 100_000;

    private final List<String> delivered = new ArrayList<>();
    private boolean isBroken = true;

    /** A controller that fails as a bundle does whose classes are gone. */
    private final class Controller implements Enlightenment, SintMessages, VpAttachment {
        @Override
        public Descriptor descriptor() {
            return new Descriptor(
                    "synic",
                    "synic",
                    "is tested",
                    "none",
                    List.of(FlagOption.ofSwitch("hv-synic")),
                    List.of("vpindex"),
                    List.of(),
                    "",
                    List.of(CpuidBits.bit(CpuidBits.LEAF_FEATURES, CpuidRegister.EAX, 2, "AccessSynicRegs")),
                    List.of(),
                    List.of(),
                    1);
        }

        @Override
        public Attachment attach(Partition partition) {
            return vp -> this;
        }

        @Override
        public Outcome deliver(
                int sint, int type, int payloadBytes, long first, long second, long third, boolean isRetried) {
            interrupt(sint);
            return Outcome.DELIVERED;
        }

        @Override
        public void interrupt(int vector) {
            if (isBroken) {
                throw new NoClassDefFoundError("hv/synic/Gone");
            }
            delivered.add("" + vector);
        }
    }

    @Test
    @DisplayName("None is lost: all that were due are told once it works, one-shot and periodic")
    void noneIsLost() {
        try (Guest guest = Guest.with(new VpIndex(), new Time(), new Controller(), new SyntheticTimers())
                .flags("hv-stimer,hv-synic,hv-time,hv-vpindex")
                .start()) {
            long now = guest.rdmsr(0x4000_0020);
            start(guest, 0, now + 10, 1L << 16 | 1);
            start(guest, 1, 20, 2L << 16 | 2 | 1);
            start(guest, 3, now + 10, 4L << 16 | 1);
            guest.advance100ns(30);
            assertEquals(List.of(), delivered);
            assertEquals(1, guest.rdmsr(CONFIG0) & 1, "it has not expired for the guest");
            isBroken = false;
            guest.advance100ns(RETRY_100NS);
            assertEquals(List.of("1", "2", "4"), delivered);
            assertEquals(0, guest.rdmsr(CONFIG0) & 1);
            guest.advance100ns(20);
            assertEquals("2", delivered.get(delivered.size() - 1), "the periodic one goes on");
            assertEquals(
                    List.of("synic"),
                    guest.partition().places().failures().stream()
                            .map(FailureDTO::place)
                            .toList());
        }
    }

    private static void start(Guest guest, int timer, long count, long config) {
        guest.wrmsr(COUNT0 + 2 * timer, count);
        guest.wrmsr(CONFIG0 + 2 * timer, config);
    }
}
