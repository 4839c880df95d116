package hv.synic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.HvStatus;
import hv.api.SavedState;
import hv.api.synic.EventReceiver;
import hv.api.synic.MessageReceiver;
import hv.api.synic.SynicPorts;
import hv.hosted.Interrupt;
import hv.testkit.Guest;
import hv.vpindex.VpIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Messages and events from host-side code")
class SynicPortsTest {
    private static final int SCONTROL = 0x4000_0080;
    private static final int SIEFP = 0x4000_0082;
    private static final int SIMP = 0x4000_0083;
    private static final int EOM = 0x4000_0084;
    private static final int SINT2 = 0x4000_0092;
    private static final long SLOT = 0x6200;
    private static final long FLAGS = 0x7200;
    private static final Runnable NOBODY = () -> {};

    private final Guest guest = guest();
    private final SynicPorts ports = ports(guest);
    private final List<String> told = new ArrayList<>();

    private static Guest guest() {
        Guest started = Guest.with(new VpIndex(), new Synic())
                .flags("hv-synic,hv-vpindex,hv-enforce-cpuid")
                .vps(2)
                .start();
        started.wrmsr(SCONTROL, 1);
        started.wrmsr(SIEFP, 0x7001);
        started.wrmsr(SIMP, 0x6001);
        started.wrmsr(SINT2, 0x42);
        return started;
    }

    private static SynicPorts ports(Guest of) {
        return of.partition().service("synic", SynicPorts.class).orElseThrow();
    }

    @AfterEach
    void close() {
        guest.close();
    }

    private int post(int first) {
        return ports.postMessage(0, 2, 1, new byte[] {(byte) first}, () -> told.add("" + first));
    }

    private List<Integer> vectors() {
        return guest.takeInterrupts().stream().map(Interrupt::vector).toList();
    }

    private void freeSlot() {
        guest.memory().putIntRelease(SLOT, 0);
    }

    @Test
    @DisplayName(
            "TLFS SynIC Message Page: type, size, flags, origination and payload in slot 2; then the interrupt; then"
                    + " the sender is told")
    void messageGoesIntoItsSlot() {
        guest.poke(SLOT, "00000000ffff1234" + "ff".repeat(24));
        assertEquals(0, ports.postMessage(0, 2, 0x01020304, new byte[] {9, 8, 7}, () -> told.add("delivered")));
        assertEquals(0, guest.memory().getInt(SLOT), "not before VP 0 comes by");
        assertEquals(List.of(0x42), vectors());
        assertEquals("0403020103000000" + "0000000000000000" + "090807ff", guest.peek(SLOT, 20));
        assertEquals(List.of("delivered"), told);
    }

    @Test
    @DisplayName(
            "TLFS SynIC Message Flags: a full slot gets 'message pending'; each EOM then brings the next message, in"
                    + " order")
    void messagesWaitInOrder() {
        for (int i = 1; i <= 3; i++) {
            assertEquals(0, post(i));
        }
        assertEquals(List.of(0x42), vectors());
        assertEquals("0100000001010000", guest.peek(SLOT, 8));
        assertEquals(List.of("1"), told);
        guest.wrmsr(EOM, 0);
        assertEquals(List.of("1"), told, "the slot was not free");
        for (int i = 2; i <= 3; i++) {
            freeSlot();
            guest.wrmsr(EOM, 0);
            assertEquals(List.of(0x42), vectors());
            assertEquals(i, guest.memory().getInt(SLOT + 16) & 0xFF);
        }
        assertEquals(List.of("1", "2", "3"), told);
        assertEquals("0100000001000000", guest.peek(SLOT, 8), "nobody waits any more");
    }

    @Test
    @DisplayName("KVM: ending an interrupt retries the SINTs with that vector that are not masked, and no others")
    void endOfInterruptRetries() {
        post(1);
        post(2);
        vectors();
        freeSlot();
        guest.partition().vp(0).endOfInterrupt(0x43);
        guest.partition().vp(1).endOfInterrupt(0x42);
        assertEquals(List.of("1"), told);
        guest.partition().vp(0).endOfInterrupt(0x42);
        assertEquals(List.of("1", "2"), told);
        post(3);
        vectors();
        guest.wrmsr(SINT2, 0x10042);
        freeSlot();
        guest.partition().vp(0).endOfInterrupt(0x42);
        assertEquals(2, told.size(), "masked");
        guest.wrmsr(EOM, 0);
        assertEquals(3, told.size(), "EOM retries masked SINTs too");
        assertEquals(List.of(), vectors());
    }

    @Test
    @DisplayName("a message for a page that is off, or outside RAM, waits until the guest switches one on")
    void messageWaitsForThePage() {
        guest.wrmsr(SIMP, 0x6000);
        post(1);
        assertEquals(List.of(), vectors());
        guest.wrmsr(SIMP, 0xFFFF_FFFF_F001L);
        guest.wrmsr(EOM, 0);
        assertEquals(List.of(), vectors());
        guest.wrmsr(SIMP, 0x6001);
        assertEquals(List.of(0x42), vectors());
    }

    @Test
    @DisplayName("the queue of a SINT holds 64 messages; then the sender is told to come back")
    void queueIsBounded() {
        guest.memory().putInt(SLOT, 1);
        for (int i = 0; i < SynicPorts.QUEUE_MESSAGES; i++) {
            assertEquals(HvStatus.SUCCESS, post(i));
        }
        assertEquals(HvStatus.INSUFFICIENT_BUFFERS, post(64));
        assertEquals(HvStatus.SUCCESS, ports.postMessage(0, 3, 1, new byte[0], NOBODY), "another SINT's");
        vectors();
        freeSlot();
        guest.wrmsr(EOM, 0);
        assertEquals(List.of("0"), told);
        assertEquals(HvStatus.SUCCESS, post(64));
    }

    @Test
    @DisplayName("A receiver that fails is to the guest one that is not there, and is told of and counted")
    void failingReceivers() {
        ports.connect(7, (MessageReceiver) (id, type, payload, bytes) -> {
            throw new NoClassDefFoundError("a device's class");
        });
        ports.connect(7, (EventReceiver) id -> {
            throw new AssertionError("a device's bug");
        });
        guest.wrmsr(0x4000_0000, 1);
        guest.poke(0x9000, "0700000000000000" + "0100000000000000");
        assertEquals(HvStatus.INVALID_CONNECTION_ID, guest.hypercall(0x5C, 0x9000, 0));
        assertEquals(HvStatus.INVALID_CONNECTION_ID, guest.hypercall(0x5D | 1 << 16, 7, 0));
        assertEquals(
                2,
                guest.partition().places().failures().stream()
                        .filter(row -> row.place().equals("listener"))
                        .count());
    }

    @Test
    @DisplayName("a sender that fails when told leaves the guest its message")
    void failingSenderHarmsNobody() {
        ports.postMessage(0, 2, 1, new byte[0], () -> {
            throw new IllegalStateException("a device's bug");
        });
        post(2);
        assertEquals(List.of(0x42), vectors());
        freeSlot();
        guest.wrmsr(EOM, 0);
        assertEquals(List.of("2"), told);
    }

    @Test
    @DisplayName("messages that cannot be are refused; VPs and controllers that are not there have statuses")
    void refusesWhatCannotBe() {
        byte[] none = {};
        assertThrows(IllegalArgumentException.class, () -> ports.postMessage(0, 16, 1, none, NOBODY));
        assertThrows(IllegalArgumentException.class, () -> ports.postMessage(0, -1, 1, none, NOBODY));
        assertThrows(IllegalArgumentException.class, () -> ports.postMessage(0, 2, 0, none, NOBODY));
        assertThrows(IllegalArgumentException.class, () -> ports.postMessage(0, 2, 1, new byte[241], NOBODY));
        assertEquals(HvStatus.INVALID_VP_INDEX, ports.postMessage(2, 2, 1, none, NOBODY));
        assertEquals(HvStatus.INVALID_VP_INDEX, ports.signalEvent(-1, 2, 1));
        assertFalse(ports.raise(2, 2));
        assertFalse(ports.raise(0, 16));
        try (Guest lenient = Guest.with(new VpIndex(), new Synic())
                .flags("hv-vpindex")
                .vps(1)
                .start()) {
            assertEquals(HvStatus.INVALID_SYNIC_STATE, ports(lenient).postMessage(0, 2, 1, none, NOBODY));
            assertEquals(HvStatus.INVALID_SYNIC_STATE, ports(lenient).signalEvent(0, 2, 1));
            assertFalse(ports(lenient).raise(0, 2));
        }
    }

    @Test
    @DisplayName(
            "TLFS SynIC Event Flags Page: flag f is bit f mod 8 of byte f / 8; the interrupt comes when it was clear,"
                    + " and only then")
    void eventsSetFlags() {
        for (int flag : new int[] {0, 7, 8, 31, 32, 2047}) {
            assertEquals(HvStatus.SUCCESS, ports.signalEvent(0, 2, flag));
            assertEquals(1 << flag % 8, guest.memory().getInt(FLAGS + flag / 8) & 1 << flag % 8);
        }
        assertEquals(6, vectors().size());
        assertEquals("81010080" + "01", guest.peek(FLAGS, 5));
        assertEquals("80", guest.peek(FLAGS + 255, 1));
        assertEquals(HvStatus.SUCCESS, ports.signalEvent(0, 2, 7));
        assertEquals(List.of(), vectors(), "it was set");
        guest.poke(FLAGS, "00");
        assertEquals(HvStatus.SUCCESS, ports.signalEvent(0, 2, 7));
        assertEquals(List.of(0x42), vectors());
    }

    @Test
    @DisplayName(
            "QEMU: no event without SCONTROL.Enable and SIEFP; flags beyond 2047 do not exist; a masked SINT gets the"
                    + " flag alone")
    void eventsNeedTheController() {
        assertEquals(HvStatus.INVALID_PARAMETER, ports.signalEvent(0, 2, 2048));
        assertEquals(HvStatus.INVALID_PARAMETER, ports.signalEvent(0, 2, -1));
        assertEquals(HvStatus.INVALID_PARAMETER, ports.signalEvent(0, 16, 0));
        guest.wrmsr(SCONTROL, 0);
        assertEquals(HvStatus.INVALID_SYNIC_STATE, ports.signalEvent(0, 2, 0));
        guest.wrmsr(SCONTROL, 1);
        guest.wrmsr(SIEFP, 0x7000);
        assertEquals(HvStatus.INVALID_SYNIC_STATE, ports.signalEvent(0, 2, 0));
        guest.wrmsr(SIEFP, 0x7FFF_F000_0001L);
        assertEquals(HvStatus.INVALID_SYNIC_STATE, ports.signalEvent(0, 2, 0));
        guest.wrmsr(SIEFP, 0x7001);
        guest.wrmsr(SINT2, 0x10042);
        assertEquals(HvStatus.SUCCESS, ports.signalEvent(0, 2, 0));
        assertEquals("01", guest.peek(FLAGS, 1));
        assertEquals(List.of(), vectors());
    }

    @Test
    @DisplayName(
            "KVM: polling (bit 18) does not hold an interrupt back; raise asks for the SINT's vector, masked for none")
    void raiseAndPolling() {
        guest.wrmsr(SINT2, 0x4_0050);
        assertTrue(ports.raise(0, 2));
        assertEquals(List.of(0x50), vectors());
        guest.wrmsr(SINT2, 0x1_0050);
        assertFalse(ports.raise(0, 2));
        assertFalse(ports.raise(1, 2));
        assertEquals(List.of(), vectors());
    }

    @Test
    @DisplayName("messages from several threads all arrive, those of one thread in its order")
    void manySenders() throws InterruptedException {
        int senders = 4;
        int each = 500;
        AtomicInteger delivered = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int s = 0; s < senders; s++) {
            int sender = s;
            Thread thread = new Thread(() -> {
                for (int i = 0; i < each; ) {
                    byte[] payload = {(byte) sender, (byte) i, (byte) (i >> 8)};
                    if (ports.postMessage(0, 2, 1, payload, delivered::incrementAndGet) == HvStatus.SUCCESS) {
                        i++;
                    } else {
                        Thread.yield();
                    }
                }
            });
            thread.start();
            threads.add(thread);
        }
        int[] next = new int[senders];
        for (int seen = 0; seen < senders * each; ) {
            guest.partition().vp(0).drain();
            if (guest.memory().getIntAcquire(SLOT) != 0) {
                int word = guest.memory().getInt(SLOT + 16);
                assertEquals(next[word & 0xFF]++, word >> 8 & 0xFFFF);
                seen++;
                freeSlot();
                guest.wrmsr(EOM, 0);
            }
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(senders * each, delivered.get());
    }

    @Test
    @DisplayName(
            "waiting messages are saved and restored, in order, and delivered before the VP enters the guest; a reset"
                    + " forgets them")
    void waitingMessagesAreState() {
        guest.memory().putInt(SLOT, 1);
        post(1);
        post(2);
        ports.postMessage(0, 15, 0x0A0B0C0D, new byte[240], NOBODY);
        guest.wrmsr(0x4000_009F, 0x55);
        guest.memory().putInt(0x6F00, 1);
        vectors();
        SavedState saved = guest.save();
        assertEquals(saved, guest.save(), "saving changes nothing");
        try (Guest other = guest()) {
            other.copyMemory(guest);
            other.restore(saved);
            assertEquals(saved, other.save());
            for (int i = 1; i <= 2; i++) {
                other.memory().putInt(SLOT, 0);
                other.wrmsr(EOM, 0);
                assertEquals(i, other.memory().getInt(SLOT + 16) & 0xFF);
            }
            other.partition().reset();
            other.takeInterrupts();
            other.wrmsr(SIMP, 0x6001);
            other.wrmsr(0x4000_009F, 0x55);
            other.memory().putInt(0x6F00, 0);
            other.wrmsr(EOM, 0);
            assertEquals(List.of(), other.takeInterrupts());
        }
    }

    @Test
    @DisplayName(
            "a connection id is taken once, must be 24 bits, and there are 4096 at most; taking away what is not there"
                    + " is nothing")
    void connectingHasRules() {
        MessageReceiver messages = (id, type, payload, length) -> 0;
        EventReceiver events = id -> 0;
        ports.connect(1, messages);
        ports.connect(1, events);
        assertThrows(IllegalStateException.class, () -> ports.connect(1, messages));
        assertThrows(IllegalArgumentException.class, () -> ports.connect(-1, messages));
        assertThrows(IllegalArgumentException.class, () -> ports.connect(0x100_0000, events));
        ports.disconnectMessages(2);
        ports.disconnectMessages(-1);
        ports.disconnectMessages(1);
        ports.disconnectMessages(1);
        ports.connect(1, messages);
        for (int id = 2; id <= SynicPorts.MAX_CONNECTIONS; id++) {
            ports.connect(id, events);
        }
        assertThrows(IllegalStateException.class, () -> ports.connect(0, events));
        ports.disconnectEvents(77);
        ports.connect(0, events);
    }

    @Test
    @DisplayName(
            "When another version takes over, connections stay, and waiting messages come in order with their senders"
                    + " told")
    void swapKeepsConnectionsAndSenders() {
        List<Integer> posted = new ArrayList<>();
        List<Integer> signalled = new ArrayList<>();
        ports.connect(7, (MessageReceiver) (connection, type, payload, bytes) -> {
            posted.add(connection);
            return HvStatus.SUCCESS;
        });
        ports.connect(8, (EventReceiver) connection -> {
            signalled.add(connection);
            return HvStatus.SUCCESS;
        });
        for (int i = 1; i <= SynicPorts.QUEUE_MESSAGES; i++) {
            assertEquals(0, post(i));
        }
        assertTrue(guest.partition().places().swap("synic", "").succeeded());
        vectors();
        for (int i = 2; i <= SynicPorts.QUEUE_MESSAGES; i++) {
            assertTrue(guest.partition().places().swap("synic", "").succeeded());
            freeSlot();
            guest.wrmsr(EOM, 0);
            assertEquals(i, guest.memory().getInt(SLOT + 16) & 0xFF);
        }
        assertEquals(SynicPorts.QUEUE_MESSAGES, told.size());
        assertEquals(
                java.util.stream.IntStream.rangeClosed(1, SynicPorts.QUEUE_MESSAGES)
                        .mapToObj(String::valueOf)
                        .toList(),
                told);
        guest.identify();
        guest.memory().putLong(0x9000, 7);
        guest.memory().putLong(0x9008, 1);
        assertEquals(0, guest.hypercall(0x5C, 0x9000, 0));
        assertEquals(0, guest.hypercall(0x1005D, 8, 0));
        assertEquals(List.of(7), posted);
        assertEquals(List.of(8), signalled);
    }
}
