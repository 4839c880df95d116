package hv.vmbus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.device.GuestHealth;
import hv.api.device.GuestHealth.Health;
import hv.api.device.GuestShutdown;
import hv.api.vmbus.ChannelState;
import hv.api.vmbus.DeviceKind;
import hv.api.vmbus.DeviceSite;
import hv.api.vmbus.VmbusDevice;
import hv.heartbeat.HeartbeatKind;
import hv.shutdown.ShutdownKind;
import hv.timesync.TimeSyncKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The small services, as Linux' hv_utils uses them")
class ServicesTest {
    private static final long SECOND = 10_000_000;
    private static final int BODY = 16 + 28;

    private final FakeGuest guest = new FakeGuest();

    @AfterEach
    void close() {
        guest.close();
    }

    private static VmbusDevice device(DeviceKind kind) {
        return kind.create(new DeviceSite(kind.id(), Map.of()));
    }

    private Utils driver(VmbusDevice device, int framework, int version) {
        guest.add(device);
        guest.contact(0x5_0003, 0);
        guest.say(Message.REQUEST_OFFERS);
        guest.hear(0);
        guest.hear(0);
        Utils driver = new Utils(guest, 1, framework, version);
        driver.negotiate();
        return driver;
    }

    private void pass(long time100ns) {
        guest.now100ns += time100ns;
        guest.run();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x3_0000, 0x1_0000})
    @DisplayName("Heartbeat: a number every two seconds, whose answer is one more; 10 s without an answer is silence")
    void heartbeat(int version) {
        VmbusDevice device = device(new HeartbeatKind());
        GuestHealth heartbeat = (GuestHealth) device;
        Utils driver = driver(device, version, version);
        assertEquals(Health.UNKNOWN, heartbeat.health());
        for (int beat = 0; beat < 5; beat++) {
            ByteBuffer asked = driver.receive();
            assertEquals(1, asked.getShort(16 + 12));
            assertEquals(version >>> 16, asked.getShort(16 + 14));
            assertEquals(1 + 2 * beat, asked.getLong(BODY));
            asked.putLong(BODY, asked.getLong(BODY) + 1);
            driver.answer(asked);
            assertEquals(Health.ALIVE, heartbeat.health());
            assertNull(driver.receive(), "not before two seconds");
            pass(2 * SECOND);
        }
        assertEquals(5, heartbeat.answers());
        ByteBuffer unanswered = driver.receive();
        pass(10 * SECOND - 1);
        assertEquals(Health.ALIVE, heartbeat.health());
        pass(1);
        assertEquals(Health.SILENT, heartbeat.health());
        unanswered.putLong(BODY, unanswered.getLong(BODY) + 1);
        driver.answer(unanswered);
        assertEquals(Health.ALIVE, heartbeat.health(), "it is back");
        guest.say(Message.CLOSE_CHANNEL, 1);
        assertEquals(Health.UNKNOWN, heartbeat.health());
    }

    @ParameterizedTest
    @ValueSource(ints = {0x3_0002, 0x3_0001, 0x3_0000, 0x1_0000})
    @DisplayName("Shutdown: the guest is asked once, with 2,048 bytes of text, and what it says is known")
    void shutdown(int version) throws Exception {
        VmbusDevice device = device(new ShutdownKind());
        GuestShutdown shutdown = (GuestShutdown) device;
        assertFalse(shutdown.isPossible());
        assertThrows(
                ExecutionException.class,
                () -> shutdown.request(GuestShutdown.Action.POWER_OFF).get());
        Utils driver = driver(device, 0x3_0000, version);
        assertTrue(shutdown.isPossible());
        CompletableFuture<Integer> said = shutdown.request(GuestShutdown.Action.RESTART);
        ByteBuffer asked = driver.receive();
        assertEquals(3, asked.getShort(16 + 12));
        assertEquals(2060, asked.getShort(16 + 18));
        assertEquals(0x8000_0000, asked.getInt(BODY));
        assertEquals(2, asked.getInt(BODY + 8));
        byte[] text = new byte[42];
        asked.get(BODY + 12, text);
        assertEquals("asked for by the host", new String(text, StandardCharsets.UTF_16LE));
        assertFalse(said.isDone());
        driver.answer(asked);
        assertEquals(0, said.get());
        CompletableFuture<Integer> lost = shutdown.request(GuestShutdown.Action.POWER_OFF);
        assertEquals(0, driver.receive().getInt(BODY + 8));
        guest.say(Message.CLOSE_CHANNEL, 1);
        assertThrows(ExecutionException.class, lost::get);
        assertFalse(shutdown.isPossible());
    }

    @Test
    @DisplayName(
            "Time: the guest sets its clock once, then gets a sample every five seconds, with the reference time of it")
    void time() {
        Instant now = Instant.parse("2026-01-02T03:04:05.678Z");
        VmbusDevice time = device(new TimeSyncKind(() -> now));
        guest.now100ns = 12345;
        Utils driver = driver(time, 0x3_0000, 0x4_0000);
        for (int i = 0; i < 3; i++) {
            ByteBuffer told = driver.receive();
            assertEquals(4, told.getShort(16 + 12));
            assertEquals(134_117_966_456_780_000L, told.getLong(BODY));
            assertEquals(guest.now100ns, told.getLong(BODY + 8));
            assertEquals(i == 0 ? 1 : 2, told.get(BODY + 16));
            driver.answer(told);
            assertNull(driver.receive());
            pass(5 * SECOND);
        }
        driver.answer(driver.receive());
        assertEquals(Map.of("answers", "4"), time.facts());
    }

    @Test
    @DisplayName(
            "A guest that speaks none of the versions is not asked; nor does one that answers nonsense get anything")
    void noVersion() {
        VmbusDevice shutdown = device(new ShutdownKind());
        driver(shutdown, 0, 0);
        assertFalse(((GuestShutdown) shutdown).isPossible());
        assertEquals(ChannelState.State.OPEN, guest.bus.channels().get(0).state());
    }

    @Test
    @DisplayName("Answers with any lengths, versions, transactions and flags do the host no harm")
    void hostile() {
        Random random = new Random(3);
        guest.add(device(new HeartbeatKind()));
        guest.contact(0x5_0003, 0);
        guest.say(Message.REQUEST_OFFERS);
        guest.hear(0);
        guest.hear(0);
        for (int round = 0; round < 300; round++) {
            Utils driver = new Utils(guest, 1, 0x3_0000, 0x3_0000);
            if (round % 3 != 0) {
                driver.negotiate();
            }
            for (int i = 0; i < 20; i++) {
                byte[] payload = new byte[random.nextInt(100)];
                random.nextBytes(payload);
                if (random.nextBoolean() && payload.length > 28) {
                    payload[25] = 5;
                    payload[12] = (byte) random.nextInt(2);
                    payload[13] = 0;
                    payload[24] = (byte) random.nextInt(4);
                }
                driver.rings().send(i, random.nextBoolean(), payload);
                pass(random.nextInt(30_000_000));
            }
            guest.say(Message.CLOSE_CHANNEL, 1);
            guest.say(Message.GPADL_TEARDOWN, 1, 10);
            guest.hear(0, Message.GPADL_TORNDOWN);
        }
        assertEquals(ChannelState.State.CLOSED, guest.bus.channels().get(0).state());
    }
}
