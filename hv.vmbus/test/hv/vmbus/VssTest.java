package hv.vmbus;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.StateException;
import hv.api.device.GuestFreeze;
import hv.api.vmbus.DeviceSite;
import hv.api.vmbus.VmbusDevice;
import hv.vss.VssKind;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Freezing, as Linux' hv_utils and hv_vss_daemon do it")
class VssTest {
    private static final int FAILED = 0x8000_4005;
    private static final int CHECK = 2;
    private static final int FREEZE = 5;
    private static final int THAW = 6;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final VmbusDevice device = vss();
    private final GuestFreeze freeze = (GuestFreeze) device;
    private final Wire wire = new Wire(device);
    private final HvUtils driver = new HvUtils(wire, 5);

    private static VmbusDevice vss() {
        return new VssKind().create(new DeviceSite("vss", Map.of()));
    }

    /** The program runs: it says so when it is asked. */
    private void begin() {
        driver.negotiate(0x3_0000, 0x5_0000);
        answer(CHECK, 0);
    }

    private void answer(int operation, int status) {
        ByteBuffer asked = driver.ask();
        assertEquals(operation, asked.get(HvUtils.BODY));
        assertEquals(12, driver.sizeOf(asked));
        if (operation == CHECK) {
            // VSS_HBU_NO_AUTO_RECOVERY
            asked.putInt(HvUtils.BODY + 8, 5);
        }
        driver.answer(asked, status);
    }

    private static int get(CompletableFuture<Integer> answer) throws Exception {
        return answer.get(10, TimeUnit.SECONDS);
    }

    private static String reason(CompletableFuture<?> answer) {
        return assertThrows(ExecutionException.class, () -> answer.get(10, TimeUnit.SECONDS))
                .getCause()
                .getMessage();
    }

    private CompletableFuture<Integer> frozen(Duration most) throws Exception {
        CompletableFuture<Integer> still = freeze.freeze(most);
        answer(CHECK, 0);
        answer(FREEZE, 0);
        assertEquals(0, get(still));
        return still;
    }

    @Test
    @DisplayName("The guest is asked whether it can, then to freeze, then to thaw")
    void freezes() throws Exception {
        assertEquals("the guest has no driver that can freeze it", reason(freeze.freeze(MINUTE)));
        begin();
        assertTrue(freeze.isPossible());
        assertNull(driver.next());
        frozen(MINUTE);
        assertEquals("the guest is frozen already", reason(ran(freeze.freeze(MINUTE))));
        CompletableFuture<Integer> thawed = freeze.thaw();
        answer(THAW, 0);
        assertEquals(0, get(thawed));
        assertEquals(0, get(ran(freeze.thaw())), "nothing is frozen");
        wire.pass(600 * Wire.SECOND);
        assertNull(driver.next());
        frozen(MINUTE);
    }

    private <T> CompletableFuture<T> ran(CompletableFuture<T> asked) {
        wire.run();
        return asked;
    }

    @Test
    @DisplayName("Without its program the guest says that it cannot, and is asked again every 30 s")
    void noProgram() throws Exception {
        driver.negotiate(0x3_0000, 0x5_0000);
        answer(CHECK, FAILED);
        assertFalse(freeze.isPossible());
        CompletableFuture<Integer> still = freeze.freeze(MINUTE);
        answer(CHECK, FAILED);
        assertEquals(FAILED, get(still));
        assertNull(driver.next());
        wire.pass(30 * Wire.SECOND);
        answer(CHECK, 0);
        assertTrue(freeze.isPossible());
    }

    @Test
    @DisplayName("A guest that cannot freeze is not thawed")
    void cannotFreeze() throws Exception {
        begin();
        CompletableFuture<Integer> still = freeze.freeze(MINUTE);
        answer(CHECK, 0);
        answer(FREEZE, FAILED);
        assertEquals(FAILED, get(still));
        wire.pass(100 * Wire.SECOND);
        assertNull(driver.next());
    }

    @Test
    @DisplayName("When the time has passed the guest is thawed though nobody says so; a thaw that fails is tried again")
    void watchdog() throws Exception {
        begin();
        frozen(MINUTE);
        wire.pass(60 * Wire.SECOND - 1);
        assertNull(driver.next());
        wire.pass(1);
        answer(THAW, FAILED);
        assertNull(driver.next());
        wire.pass(5 * Wire.SECOND);
        answer(THAW, 0);
        wire.pass(600 * Wire.SECOND);
        assertNull(driver.next());
    }

    @Test
    @DisplayName("A guest whose thaw never works is left alone after ten times")
    void neverThaws() throws Exception {
        begin();
        frozen(MINUTE);
        wire.pass(60 * Wire.SECOND);
        for (int i = 0; i < 10; i++) {
            answer(THAW, FAILED);
            wire.pass(5 * Wire.SECOND);
        }
        assertNull(driver.next());
        frozen(MINUTE);
    }

    @Test
    @DisplayName("A freeze that is answered too late is an error for its host, and thawed")
    void tooLate() throws Exception {
        begin();
        CompletableFuture<Integer> still = freeze.freeze(MINUTE);
        answer(CHECK, 0);
        ByteBuffer asked = driver.ask();
        wire.pass(60 * Wire.SECOND);
        assertEquals("the guest does not answer in time", reason(still));
        assertNull(driver.next(), "one request at a time");
        driver.answer(asked, 0);
        answer(THAW, 0);
        assertNull(driver.next());
    }

    @Test
    @DisplayName("A guest that never answers is asked for versions anew, and thawed then")
    void neverAnswers() throws Exception {
        begin();
        CompletableFuture<Integer> still = freeze.freeze(MINUTE);
        answer(CHECK, 0);
        driver.ask();
        CompletableFuture<Integer> thaw = freeze.thaw();
        wire.pass(16 * 60 * Wire.SECOND);
        assertEquals("the guest does not answer in time", reason(still));
        assertEquals("the guest does not answer in time", reason(thaw));
        driver.negotiate(0x3_0000, 0x5_0000);
        answer(THAW, 0);
        answer(CHECK, 0);
        assertTrue(freeze.isPossible());
    }

    @Test
    @DisplayName("A thaw while the guest is asked takes the wish back")
    void takenBack() throws Exception {
        begin();
        CompletableFuture<Integer> still = freeze.freeze(MINUTE);
        ByteBuffer check = driver.ask();
        CompletableFuture<Integer> thaw = freeze.thaw();
        driver.answer(check, 0);
        assertNull(driver.next(), "not frozen, nothing to thaw");
        assertEquals(0, get(thaw));
        assertEquals("the guest was thawed meanwhile", reason(still));
        CompletableFuture<Integer> other = freeze.freeze(MINUTE);
        answer(CHECK, 0);
        ByteBuffer asked = driver.ask();
        CompletableFuture<Integer> early = freeze.thaw();
        wire.run();
        driver.answer(asked, 0);
        assertEquals(0, get(other));
        answer(THAW, 0);
        assertEquals(0, get(early));
    }

    @Test
    @DisplayName("A swap keeps the guest still until the time that was asked for, and who waits gets his answer")
    void swaps() throws Exception {
        begin();
        CompletableFuture<Integer> still = freeze.freeze(MINUTE);
        answer(CHECK, 0);
        ByteBuffer asked = driver.ask();
        VmbusDevice second = vss();
        wire.swap(second);
        assertNull(driver.next());
        driver.answer(asked, 0);
        assertEquals(0, get(still));
        wire.pass(30 * Wire.SECOND);
        VmbusDevice third = vss();
        wire.swap(third);
        wire.pass(30 * Wire.SECOND - 1);
        assertNull(driver.next());
        CompletableFuture<Integer> thaw = ((GuestFreeze) third).thaw();
        VmbusDevice fourth = vss();
        wire.swap(fourth);
        answer(THAW, 0);
        assertEquals(0, get(thaw));
        assertTrue(((GuestFreeze) fourth).isPossible());
    }

    @Test
    @DisplayName("A wish that has not been told survives a swap")
    void swapsWishes() throws Exception {
        begin();
        CompletableFuture<Integer> still = freeze.freeze(MINUTE);
        wire.swap(vss());
        ByteBuffer check = driver.ask();
        wire.swap(vss());
        driver.answer(check, 0);
        answer(FREEZE, 0);
        assertEquals(0, get(still));
    }

    @Test
    @DisplayName("A guest that was saved while it was still is thawed as soon as it goes on elsewhere")
    void restores() throws Exception {
        begin();
        frozen(Duration.ofDays(1));
        wire.restore(vss());
        answer(THAW, 0);
        assertNull(driver.next());
    }

    @Test
    @DisplayName("A guest that was saved while it was asked to freeze is thawed when it has answered")
    void restoresWhileAsked() throws Exception {
        begin();
        freeze.freeze(MINUTE);
        answer(CHECK, 0);
        ByteBuffer asked = driver.ask();
        wire.restore(vss());
        assertNull(driver.next());
        driver.answer(asked, 0);
        answer(THAW, 0);
        assertNull(driver.next());
    }

    @Test
    @DisplayName("A saved state in which anything is out of range is refused")
    void badStates() throws Exception {
        begin();
        frozen(MINUTE);
        for (String name : wire.save().values.keySet()) {
            for (long bad : new long[] {-1, Long.MAX_VALUE, 0x7FFF_FFFF}) {
                Wire.Saved saved = wire.save();
                saved.values.put(name, bad);
                assertThrows(StateException.class, () -> vss().restore(saved), name);
            }
        }
        Wire.Saved notAsked = wire.save();
        notAsked.values.put("asked", 5L);
        assertThrows(StateException.class, () -> vss().restore(notAsked));
        assertDoesNotThrow(() -> vss().restore(wire.save()));
    }

    @Test
    @DisplayName("Times that make no sense are refused")
    void badTimes() {
        for (Duration bad : new Duration[] {Duration.ZERO, Duration.ofMillis(-1), Duration.ofDays(2)}) {
            assertThrows(IllegalArgumentException.class, () -> freeze.freeze(bad));
        }
    }

    @Test
    @DisplayName(
            "Whatever a guest answers, when and how often, it is not left frozen by the host, and the host goes on")
    void hostile() throws Exception {
        Random random = new Random(11);
        begin();
        for (int round = 0; round < 3_000; round++) {
            switch (random.nextInt(8)) {
                case 0 -> freeze.freeze(Duration.ofSeconds(1 + random.nextInt(100)));
                case 1 -> freeze.thaw();
                default -> wire.pass(random.nextInt(200_000_000));
            }
            ByteBuffer asked = wire.receive();
            byte[] answer = asked == null ? new byte[random.nextInt(48)] : asked.array();
            if (answer.length > 25) {
                answer[25] = 5;
                answer[20] = (byte) random.nextInt(2);
                answer[random.nextInt(answer.length)] ^= (byte) (random.nextInt(5) == 0 ? 1 : 0);
            }
            for (int i = random.nextInt(3); i > 0; i--) {
                wire.send(answer);
            }
        }
        wire.close();
        wire.open();
        begin();
        frozen(MINUTE);
    }
}
