package hv.vmbus;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.StateException;
import hv.api.device.GuestHealth;
import hv.api.device.GuestHealth.Health;
import hv.api.device.GuestShutdown;
import hv.api.device.GuestShutdown.Action;
import hv.api.vmbus.DeviceSite;
import hv.api.vmbus.VmbusDevice;
import hv.heartbeat.HeartbeatKind;
import hv.shutdown.ShutdownKind;
import hv.timesync.TimeSyncKind;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Who follows a small service goes on where it has stopped")
class SwapServicesTest {
    private static final int BODY = HvUtils.BODY;

    private static VmbusDevice heartbeat() {
        return new HeartbeatKind().create(new DeviceSite("heartbeat", Map.of()));
    }

    private static VmbusDevice shutdown() {
        return new ShutdownKind().create(new DeviceSite("shutdown", Map.of()));
    }

    private static int get(CompletableFuture<Integer> answer) throws Exception {
        return answer.get(10, TimeUnit.SECONDS);
    }

    private static void swap(Wire wire, VmbusDevice successor, boolean isFile) throws StateException {
        if (isFile) {
            wire.restore(successor);
        } else {
            wire.swap(successor);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("Heartbeat: the numbers go on, the health is known, and a late answer counts")
    void beat(boolean isFile) throws Exception {
        VmbusDevice first = heartbeat();
        Wire wire = new Wire(first);
        HvUtils driver = new HvUtils(wire, 1).negotiate(0x3_0000, 0x3_0000);
        ByteBuffer asked = driver.ask();
        asked.putLong(BODY, asked.getLong(BODY) + 1);
        driver.answer(asked, 0);
        wire.pass(2 * Wire.SECOND);
        ByteBuffer late = driver.ask();
        assertEquals(3, late.getLong(BODY));
        VmbusDevice second = heartbeat();
        swap(wire, second, isFile);
        assertEquals(Health.ALIVE, ((GuestHealth) second).health());
        assertNull(driver.next(), "no new negotiation, and one request at a time");
        late.putLong(BODY, late.getLong(BODY) + 1);
        driver.answer(late, 0);
        assertEquals(2, ((GuestHealth) second).answers());
        ByteBuffer next = driver.ask();
        assertEquals(5, next.getLong(BODY));
        assertEquals(driver.transactionOf(late) + 1, driver.transactionOf(next));
        assertEquals(0x3_0000, driver.versionOf(next));
        VmbusDevice third = heartbeat();
        swap(wire, third, isFile);
        wire.pass(10 * Wire.SECOND - 1);
        assertEquals(Health.ALIVE, ((GuestHealth) third).health(), "it has ten seconds again");
        wire.pass(1);
        assertEquals(Health.SILENT, ((GuestHealth) third).health());
    }

    @Test
    @DisplayName("Shutdown: a wish is told once, whoever tells it, and its host gets the answer from whoever hears it")
    void wish() throws Exception {
        VmbusDevice first = shutdown();
        Wire wire = new Wire(first);
        HvUtils driver = new HvUtils(wire, 3).negotiate(0x3_0000, 0x3_0002);
        CompletableFuture<Integer> asked = ((GuestShutdown) first).request(Action.RESTART);
        ByteBuffer told = driver.ask();
        assertEquals(2, told.getInt(BODY + 8));
        CompletableFuture<Integer> replaced = ((GuestShutdown) first).request(Action.RESTART);
        CompletableFuture<Integer> waiting = ((GuestShutdown) first).request(Action.POWER_OFF);
        assertTrue(replaced.isCancelled());
        VmbusDevice second = shutdown();
        wire.swap(second);
        assertFalse(((GuestShutdown) first).isPossible());
        assertTrue(((GuestShutdown) second).isPossible());
        assertNull(driver.next());
        driver.answer(told, 0x8000_4005);
        assertEquals(0x8000_4005, get(asked));
        ByteBuffer other = driver.ask();
        assertEquals(0, other.getInt(BODY + 8));
        driver.answer(other, 0);
        assertEquals(0, get(waiting));
        assertNull(driver.next());
    }

    @Test
    @DisplayName("Shutdown: a guest that is restored from a file is told what it was to be told")
    void shutdownFromFile() throws Exception {
        VmbusDevice first = shutdown();
        Wire wire = new Wire(first);
        HvUtils driver = new HvUtils(wire, 3).negotiate(0x3_0000, 0x3_0002);
        ((GuestShutdown) first).request(Action.RESTART);
        wire.restore(shutdown());
        ByteBuffer told = driver.ask();
        assertEquals(2, told.getInt(BODY + 8));
        wire.restore(shutdown());
        driver.answer(told, 0);
        assertNull(driver.next());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("Time: a guest that goes on is told at once what time it is now, and sets its clock")
    void time(boolean isFile) throws Exception {
        Instant[] now = {Instant.parse("2026-01-02T03:04:05.678Z")};
        Supplier<VmbusDevice> kind = () -> new TimeSyncKind(() -> now[0]).create(new DeviceSite("timesync", Map.of()));
        Wire wire = new Wire(kind.get());
        HvUtils driver = new HvUtils(wire, 4).negotiate(0x3_0000, 0x4_0000);
        for (int flags = 1; flags <= 2; flags++) {
            ByteBuffer told = driver.ask();
            assertEquals(flags, told.get(BODY + 16));
            driver.answer(told, 0);
            wire.pass(5 * Wire.SECOND);
        }
        driver.answer(driver.ask(), 0);
        now[0] = Instant.parse("2026-06-07T08:09:10Z");
        swap(wire, kind.get(), isFile);
        ByteBuffer told = driver.ask();
        assertEquals(1, told.get(BODY + 16), "sets the clock");
        assertEquals(134_252_933_500_000_000L, told.getLong(BODY));
        assertEquals(wire.now, told.getLong(BODY + 8));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("The question about versions is asked once, though a successor takes the answer")
    void negotiation(boolean isFile) throws Exception {
        Wire wire = new Wire(heartbeat());
        HvUtils driver = new HvUtils(wire, 1);
        ByteBuffer question = driver.question();
        swap(wire, heartbeat(), isFile);
        assertNull(wire.receive());
        driver.answerVersions(question, 0x3_0000, 0x1_0000);
        assertEquals(0x1_0000, driver.versionOf(driver.ask()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("A request that found no room is told by who follows, once")
    void unsent(boolean isFile) throws Exception {
        VmbusDevice first = shutdown();
        Wire wire = new Wire(first);
        HvUtils driver = new HvUtils(wire, 3).negotiate(0x3_0000, 0x3_0002);
        ((GuestShutdown) first).request(Action.RESTART);
        ByteBuffer before = driver.ask();
        int transaction = driver.transactionOf(before);
        driver.answer(before, 0);
        int fillers = wire.fill();
        CompletableFuture<Integer> waiting = ((GuestShutdown) first).request(Action.RESTART);
        wire.run();
        VmbusDevice second = shutdown();
        swap(wire, second, isFile);
        driver.answerUnseen(transaction + 1);
        for (int i = 0; i < fillers; i++) {
            wire.receive();
        }
        ByteBuffer told = driver.ask();
        assertEquals(2, told.getInt(BODY + 8));
        driver.answer(told, 7);
        assertNull(driver.next());
        assertTrue(isFile || get(waiting) == 7, "not what was said before it was asked");
    }

    @Test
    @DisplayName("What is no answer to what was asked counts for nothing, however much of it there is")
    void noAnswers() throws Exception {
        VmbusDevice first = shutdown();
        Wire wire = new Wire(first);
        HvUtils driver = new HvUtils(wire, 3).negotiate(0x3_0000, 0x3_0002);
        CompletableFuture<Integer> asked = ((GuestShutdown) first).request(Action.RESTART);
        ByteBuffer told = driver.ask();
        byte[] answer = told.array().clone();
        for (int flags : new int[] {0, 1, 2, 3, 0xF8}) {
            answer[25] = (byte) flags;
            wire.send(answer);
        }
        answer[25] = 5;
        for (int i = 1; i < 0x100; i++) {
            answer[24] = (byte) (told.get(24) + i);
            wire.send(answer);
        }
        answer[24] = told.get(24);
        for (int type : new int[] {0, 1, 2, 4, 5, 0xFFFF}) {
            answer[12] = (byte) type;
            answer[13] = (byte) (type >>> 8);
            wire.send(answer);
        }
        for (int i = 0; i < 100; i++) {
            wire.leave(new byte[28]);
        }
        driver.answer(told, 7);
        assertEquals(7, get(asked));
        driver.answer(told, 9);
        ((GuestShutdown) first).request(Action.POWER_OFF);
        assertEquals(0, driver.ask().getInt(BODY + 8));
    }

    @Test
    @DisplayName("A version that the successor does not speak, and anything out of range, is refused")
    void badStates() {
        VmbusDevice first = shutdown();
        Wire wire = new Wire(first);
        HvUtils driver = new HvUtils(wire, 3).negotiate(0x3_0000, 0x3_0002);
        ((GuestShutdown) first).request(Action.RESTART);
        driver.ask();
        for (String name : wire.save().values.keySet()) {
            for (long bad : new long[] {-1, 0x100, Long.MAX_VALUE}) {
                Wire.Saved saved = wire.save();
                saved.values.put(name, bad);
                assertThrows(StateException.class, () -> shutdown().restore(saved), name + " " + bad);
            }
        }
        for (int bad : new int[] {1, 27, 5_000}) {
            Wire.Saved saved = wire.save();
            saved.bytes.put("ic.unsent", new byte[bad]);
            assertThrows(StateException.class, () -> shutdown().restore(saved));
        }
        Wire.Saved notOwed = wire.save();
        notOwed.values.put("ic.asking", 0L);
        assertThrows(StateException.class, () -> shutdown().restore(notOwed));
        assertDoesNotThrow(() -> shutdown().restore(wire.save()));
    }
}
