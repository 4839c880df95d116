package hv.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.hosted.HostedHost;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every difference between the two sides is found: each count is made one too small in turn. */
class ComparisonTest {
    /** One of everything, and a timer that told of 2 of 3 periods; in the order of {@link GuestCounts}. */
    private static final long[] EQUAL = {1, 2, 5, 2, 2, 1, 10_000, 30_000, 35_000, 7, 1, 1, 1, 1, 1, 1, 0, 1, 9};

    private final FakePorts ports = new FakePorts();
    private final List<String> violations = new ArrayList<>();
    private final VpLink link = new VpLink(0, () -> ports, violations::add);
    private final CountingHost host = new CountingHost(HostedHost.builder().build());

    @BeforeEach
    void oneOfEverything() {
        link.connect();
        link.send();
        ports.messages.get(0x100).received(0x100, 1, new byte[240], 0);
        byte[] first = ByteBuffer.allocate(240)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(0)
                .putLong(~0L)
                .array();
        ports.messages.get(0x100).received(0x100, 2, first, 16);
        link.stop();
        ports.events.get(0x200).signalled(0x200);
        host.interrupt(0, VpLink.MESSAGE_VECTOR);
        host.interrupt(0, VpLink.MESSAGE_VECTOR);
        host.interrupt(0, VpLink.TIMER_VECTOR);
        host.interrupt(0, VpLink.TIMER_VECTOR);
        host.interrupt(0, VpLink.IPI_VECTOR);
        host.interrupt(0, VpLink.EVENT_VECTOR);
    }

    private static GuestCounts counts(long... values) {
        ByteBuffer payload = ByteBuffer.allocate(GuestCounts.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            payload.putLong(value);
        }
        return GuestCounts.read(payload.array());
    }

    private void compare(long... values) {
        new Comparison(violations).vp(link, counts(values), counts(values), host);
    }

    @Test
    @DisplayName("equal counts are no violation")
    void equal() {
        compare(EQUAL);
        assertEquals(List.of(), violations);
    }

    @ParameterizedTest(name = "{1}")
    @DisplayName("a count that is one too small is told, with the VP")
    @CsvSource({
        "0, messages to the guest",
        "1, interrupts and messages",
        "3, timer messages",
        "4, interrupts and timer messages",
        "5, timer periods",
        "10, IPIs sent to it and received",
        "11, IPIs",
        "12, events to the guest",
        "13, their interrupts",
        "14, events to the host",
        "15, messages to the host"
    })
    void different(int place, String what) {
        long[] values = EQUAL.clone();
        values[place]--;
        compare(values);
        assertTrue(
                violations.stream().anyMatch(line -> line.startsWith("VP 0: ") && line.contains(what)),
                violations::toString);
    }

    @Test
    @DisplayName("a timer that fell silent before the end is told, though its counts are equal")
    void silentTimer() {
        long[] values = EQUAL.clone();
        values[8] = 30_000 + 10_000_001;
        compare(values);
        assertEquals(List.of("VP 0: the timer's last message came more than 1 s before the end"), violations);
    }
}
