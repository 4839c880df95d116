package hv.synic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.api.HvStatus;
import hv.api.synic.EventReceiver;
import hv.api.synic.MessageReceiver;
import hv.api.synic.SynicPorts;
import hv.testkit.Guest;
import hv.vpindex.VpIndex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("HvCallPostMessage and HvCallSignalEvent")
class ConnectionCallsTest {
    private static final long POST = 0x5C;
    private static final long SIGNAL = 0x5D;
    private static final long FAST = 1 << 16;
    private static final long INPUT = 0xA000;
    private static final long RAM = 1 << 20;

    private final Guest guest = guest("hv-synic,hv-vpindex,hv-enforce-cpuid");
    private final SynicPorts ports =
            guest.partition().service("synic", SynicPorts.class).orElseThrow();
    private final List<String> received = new ArrayList<>();

    private static Guest guest(String flags) {
        return Guest.with(new VpIndex(), new Synic())
                .flags(flags)
                .vps(2)
                .start()
                .identify();
    }

    @AfterEach
    void close() {
        guest.close();
    }

    private void listen(int connectionId) {
        ports.connect(connectionId, (MessageReceiver) (id, type, payload, length) -> {
            String bytes = HexFormat.of().formatHex(Arrays.copyOf(payload, length));
            received.add("%x/%x/%s".formatted(id, type, bytes));
            return HvStatus.SUCCESS;
        });
    }

    private void message(long gpa, int connection, int type, int size) {
        guest.memory().putInt(gpa, connection);
        guest.memory().putInt(gpa + 4, 0);
        guest.memory().putInt(gpa + 8, type);
        guest.memory().putInt(gpa + 12, size);
    }

    @Test
    @DisplayName("TLFS HvCallPostMessage: connection, type and payload reach the receiver, whose status the guest gets")
    void messageReachesItsReceiver() {
        listen(0x10001);
        message(INPUT, 0x10001, 1, 5);
        guest.poke(INPUT + 16, "0102030405ffff");
        assertEquals(0, guest.hypercall(POST, INPUT, 0));
        message(INPUT, 0x10001, 0x7FFF_FFFF, 0);
        assertEquals(0, guest.hypercall(1, POST, INPUT, 0));
        assertEquals(List.of("10001/1/0102030405", "10001/7fffffff/"), received);
        ports.connect(3, (MessageReceiver) (id, type, payload, length) -> HvStatus.INSUFFICIENT_BUFFERS);
        message(INPUT, 3, 1, 0);
        assertEquals(0x13, guest.hypercall(POST, INPUT, 0));
    }

    @Test
    @DisplayName("QEMU: 24 bits of the connection id count; 240 bytes of payload may come across a page boundary")
    void longestMessage() {
        listen(0xFFFFFF);
        message(0xAFF4, 0xFFFFFFFF, 1, 240);
        guest.poke(0xAFF4 + 16 + 239, "ee");
        assertEquals(0, guest.hypercall(POST, 0xAFF4, 0));
        assertEquals("ffffff/1/" + "00".repeat(239) + "ee", received.get(0));
    }

    @Test
    @DisplayName(
            "KVM, QEMU: repetitions and variable header 3, then fast form 2, alignment 4, end of RAM 0xB, size 3, nobody 0x12")
    void orderOfChecksOfPostMessage() {
        message(INPUT, 7, 0, 241);
        assertEquals(3, guest.hypercall(POST | FAST | 1L << 32, INPUT + 1, 0));
        assertEquals(3, guest.hypercall(POST | FAST | 1L << 17, INPUT + 1, 0));
        assertEquals(2, guest.hypercall(POST | FAST, INPUT + 1, 0));
        assertEquals(4, guest.hypercall(POST, RAM - 254, 0));
        assertEquals(4, guest.hypercall(POST, INPUT + 1, 0));
        assertEquals(0xB, guest.hypercall(POST, RAM - 252, 0));
        assertEquals(0xB, guest.hypercall(POST, -4096, 0));
        assertEquals(3, guest.hypercall(POST, INPUT, 0));
        message(INPUT, 7, 0, -1);
        assertEquals(3, guest.hypercall(POST, INPUT, 0));
        message(INPUT, 7, 0, 240);
        assertEquals(0x12, guest.hypercall(POST, INPUT, 0));
        message(RAM - 256, 7, 0, 0);
        assertEquals(0x12, guest.hypercall(POST, RAM - 256, 0));
        message(INPUT + 4, 7, 0, 0);
        assertEquals(0x12, guest.hypercall(POST, INPUT + 4, 0), "4 bytes are aligned enough");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 0x8000_0000, 0x8000_0010, -1})
    @DisplayName("TLFS HvCallPostMessage: type 0 and types of the hypervisor are 5, once somebody is connected")
    void refusesReservedTypes(int type) {
        message(INPUT, 7, type, 0);
        assertEquals(0x12, guest.hypercall(POST, INPUT, 0));
        listen(7);
        assertEquals(5, guest.hypercall(POST, INPUT, 0));
        assertEquals(List.of(), received);
    }

    @ParameterizedTest
    @CsvSource({
        "0x9, 0",
        "0x8, 0x12",
        "0x1000000, 3",
        "0xFFFFFFFF, 3",
        "0x100000009, 0x11",
        "0xFFFF00000009, 0x11",
        "0x1000000000009, 3",
        "0x8000000000000009, 3",
        "0x8000000100000009, 0x11"
    })
    @DisplayName("KVM, QEMU HvCallSignalEvent: flag number 0x11, reserved bits 3, nobody 0x12, fast and slow")
    void orderOfChecksOfSignalEvent(String parameter, String status) {
        ports.connect(9, (EventReceiver) id -> {
            received.add("event " + id);
            return HvStatus.SUCCESS;
        });
        long input = Long.parseUnsignedLong(parameter.substring(2), 16);
        int expected = Integer.decode(status);
        assertEquals(expected, guest.hypercall(SIGNAL | FAST, input, -1));
        guest.memory().putLong(0xBFF8, input);
        assertEquals(expected, guest.hypercall(SIGNAL, 0xBFF8, -1));
        assertEquals(expected == 0 ? 2 : 0, received.size());
    }

    @Test
    @DisplayName(
            "KVM HvCallSignalEvent: input not a multiple of 8, across a page or outside RAM is 4; repetitions are 3")
    void signalEventInput() {
        for (long gpa : new long[] {0xB001, 0xB004, 0xBFFC, RAM, -8, Long.MIN_VALUE}) {
            assertEquals(4, guest.hypercall(SIGNAL, gpa, 0));
        }
        assertEquals(3, guest.hypercall(SIGNAL | 1L << 32, 0xB001, 0));
        assertEquals(3, guest.hypercall(SIGNAL | 1L << 48, 0xB001, 0));
        assertEquals(3, guest.hypercall(SIGNAL | FAST | 1L << 17, 0, 0));
    }

    @Test
    @DisplayName("KVM: without a promised controller both calls are 3, except that a connected event still works")
    void inactiveController() {
        try (Guest lenient = guest("hv-vpindex")) {
            SynicPorts others =
                    lenient.partition().service("synic", SynicPorts.class).orElseThrow();
            others.connect(9, (EventReceiver) id -> HvStatus.SUCCESS);
            others.connect(9, (MessageReceiver) (id, type, payload, length) -> HvStatus.SUCCESS);
            assertEquals(3, lenient.hypercall(POST, INPUT, 0));
            assertEquals(3, lenient.hypercall(POST | FAST, INPUT, 0));
            assertEquals(3, lenient.hypercall(SIGNAL | FAST, 1, 0));
            assertEquals(3, lenient.hypercall(SIGNAL | FAST, 0x1_0000_0001L, 0));
            assertEquals(4, lenient.hypercall(SIGNAL, 0xB001, 0));
            assertEquals(0, lenient.hypercall(SIGNAL | FAST, 9, 0));
        }
    }

    @Test
    @DisplayName("connections are found by number, however many there are, until they are taken away")
    void manyConnections() {
        for (int i = 0; i < 1000; i++) {
            int id = i * 4099 & 0xFFFFFF;
            ports.connect(id, (EventReceiver) signalled -> signalled == id ? 0x100 + (id & 0xFF) : -1);
        }
        for (int i = 0; i < 1000; i += 2) {
            ports.disconnectEvents(i * 4099 & 0xFFFFFF);
        }
        for (int i = 0; i < 1000; i++) {
            int id = i * 4099 & 0xFFFFFF;
            long expected = i % 2 == 0 ? HvStatus.INVALID_CONNECTION_ID : 0x100 + (id & 0xFF);
            assertEquals(expected, guest.hypercall(SIGNAL | FAST, id, 0), "connection " + id);
        }
    }

    @Test
    @DisplayName(
            "host-side code that signals the guest back: an event connection whose receiver sets a flag of the caller")
    void eventConnectionToTheGuestItself() {
        guest.wrmsr(0x4000_0080, 1);
        guest.wrmsr(0x4000_0082, 0x7001);
        guest.wrmsr(0x4000_0092, 0x66);
        ports.connect(5, (EventReceiver) id -> ports.signalEvent(0, 2, id));
        assertEquals(0, guest.hypercall(SIGNAL | FAST, 5, 0));
        assertEquals("20", guest.peek(0x7200, 1));
        assertEquals(0x66, guest.takeInterrupts().get(0).vector());
    }
}
