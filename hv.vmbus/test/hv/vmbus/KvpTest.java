package hv.vmbus;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.StateException;
import hv.api.device.GuestPairs;
import hv.api.vmbus.DeviceSite;
import hv.api.vmbus.VmbusDevice;
import hv.kvp.KvpKind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Key-value pairs, as Linux' hv_utils and hv_kvp_daemon have them")
class KvpTest {
    private static final String MAC = "00:15:5D:00:00:01";
    private static final int BODY = HvUtils.BODY;

    private final VmbusDevice device = kvp();
    private final GuestPairs pairs = (GuestPairs) device;
    private final Wire wire = new Wire(device);
    private final KvpDaemon daemon = new KvpDaemon(wire);

    private static VmbusDevice kvp() {
        return new KvpKind().create(new DeviceSite("kvp", Map.of("adapters", MAC.toLowerCase())));
    }

    private void begin() {
        daemon.pools.get(2).put("FullyQualifiedDomainName", "guest.example");
        daemon.pools.get(2).put("OSName", "Debian GNU/Linux");
        daemon.driver.negotiate(0x3_0000, 0x4_0000);
    }

    private static <T> T get(CompletableFuture<T> answer) throws Exception {
        return answer.get(10, TimeUnit.SECONDS);
    }

    private static String reason(CompletableFuture<?> answer) {
        return assertThrows(ExecutionException.class, () -> get(answer))
                .getCause()
                .getMessage();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x4_0000, 0x3_0000, 0x1_0000})
    @DisplayName("What the guest knows of itself is read at once and every 30 s, in every version")
    void reads(int version) {
        daemon.pools.get(2).put("OSName", "Debian GNU/Linux");
        daemon.pools.get(1).put("from a program", "in the guest");
        daemon.pools.get(1).put("OSName", "a program's word does not count for that");
        daemon.addresses.put(MAC, "192.0.2.7;2001:db8::7;");
        assertFalse(pairs.isPossible());
        daemon.driver.negotiate(0x3_0000, version);
        assertTrue(pairs.isPossible());
        assertEquals(6, daemon.serve(), "two pools, each to its end, and an adapter");
        assertEquals(Map.of("OSName", "Debian GNU/Linux", "from a program", "in the guest"), pairs.guest());
        assertEquals(Map.of(MAC, "192.0.2.7;2001:db8::7"), pairs.addresses());
        daemon.pools.get(2).put("OSName", "Debian GNU/Linux 13");
        wire.pass(29 * Wire.SECOND);
        assertEquals(0, daemon.serve());
        wire.pass(Wire.SECOND);
        assertEquals(6, daemon.serve());
        assertEquals("Debian GNU/Linux 13", pairs.guest().get("OSName"));
    }

    @Test
    @DisplayName("Without its program the guest does not answer about versions: nothing can be asked, for however long")
    void noProgram() throws Exception {
        ByteBuffer question = daemon.driver.question();
        wire.pass(10_000 * Wire.SECOND);
        assertNull(wire.receive());
        assertEquals(
                "the guest has no program for pairs, or that has not begun yet", reason(pairs.set("key", "value")));
        daemon.driver.answerVersions(question, 0x3_0000, 0x4_0000);
        CompletableFuture<Integer> set = pairs.set("key", "value");
        daemon.serve();
        assertEquals(0, get(set));
    }

    @Test
    @DisplayName("A value is set in pool 0, changed and deleted; what is not there cannot be deleted")
    void sets() throws Exception {
        begin();
        String longest = "v".repeat(1022);
        List<CompletableFuture<Integer>> answers = new ArrayList<>();
        answers.add(pairs.set("k".repeat(254), longest));
        answers.add(pairs.set("key", "old"));
        answers.add(pairs.set("key", "n\u00e9w \ud83d\ude00"));
        answers.add(pairs.set("gone", ""));
        answers.add(pairs.set("gone", null));
        daemon.serve();
        for (CompletableFuture<Integer> answer : answers) {
            assertEquals(0, get(answer));
        }
        assertEquals(Map.of("k".repeat(254), longest, "key", "n\u00e9w \ud83d\ude00"), daemon.pools.get(0));
        CompletableFuture<Integer> absent = pairs.set("absent", null);
        daemon.serve();
        assertEquals(KvpDaemon.NO_MORE, get(absent));
    }

    @Test
    @DisplayName("What is too long, empty or has a NUL is refused before the guest hears of it")
    void refuses() {
        begin();
        daemon.serve();
        assertThrows(IllegalArgumentException.class, () -> pairs.set("", "value"));
        assertThrows(IllegalArgumentException.class, () -> pairs.set("k".repeat(255), "value"));
        assertThrows(IllegalArgumentException.class, () -> pairs.set("key", "v".repeat(1023)));
        assertThrows(IllegalArgumentException.class, () -> pairs.set("a\0b", "value"));
        assertThrows(IllegalArgumentException.class, () -> pairs.set("key", "\0"));
        assertEquals(0, daemon.serve());
    }

    @Test
    @DisplayName("Whoever asks anew gets what the guest says then; 64 wait at most")
    void refreshes() throws Exception {
        begin();
        daemon.serve();
        daemon.pools.get(2).put("OSName", "another");
        List<CompletableFuture<Void>> waiting = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            waiting.add(pairs.refresh());
        }
        assertEquals("64 earlier ones wait for the guest", reason(pairs.refresh()));
        daemon.serve();
        for (CompletableFuture<Void> one : waiting) {
            get(one);
        }
        assertEquals("another", pairs.guest().get("OSName"));
        daemon.isRunning = false;
        CompletableFuture<Void> failed = pairs.refresh();
        daemon.serve();
        assertEquals("the guest's program does not work", reason(failed));
        assertEquals("another", pairs.guest().get("OSName"), "as last heard");
    }

    @Test
    @DisplayName(
            "A guest that leaves a request unanswered for a minute is asked for versions anew; late answers are nothing")
    void neverAnswers() throws Exception {
        begin();
        daemon.serve();
        CompletableFuture<Integer> lost = pairs.set("key", "value");
        ByteBuffer unanswered = daemon.driver.ask();
        CompletableFuture<Integer> waiting = pairs.set("other", "value");
        wire.pass(60 * Wire.SECOND);
        assertEquals("the guest does not answer", reason(lost));
        assertEquals("the guest does not answer", reason(waiting));
        assertFalse(pairs.isPossible());
        daemon.driver.answer(unanswered, 0);
        daemon.driver.negotiate(0x3_0000, 0x4_0000);
        assertTrue(pairs.isPossible());
        CompletableFuture<Integer> set = pairs.set("key", "value");
        daemon.serve();
        assertEquals(0, get(set));
    }

    @Test
    @DisplayName("A swap loses and doubles no wish, asked or waiting, and who waits gets his answer from the successor")
    void swaps() throws Exception {
        begin();
        daemon.serve();
        CompletableFuture<Void> heard = pairs.refresh();
        ByteBuffer asked = daemon.driver.ask();
        assertEquals(3, asked.get(BODY), "a reading has begun");
        CompletableFuture<Integer> first = pairs.set("first", "1");
        CompletableFuture<Integer> second = pairs.set("second", "2");
        VmbusDevice next = kvp();
        wire.swap(next);
        assertEquals("guest.example", ((GuestPairs) next).guest().get("FullyQualifiedDomainName"));
        daemon.serve(asked);
        ByteBuffer set = daemon.driver.ask();
        assertEquals(1, set.get(BODY));
        VmbusDevice third = kvp();
        wire.swap(third);
        daemon.serve(set);
        daemon.serve();
        assertEquals(0, get(first));
        assertEquals(0, get(second));
        get(heard);
        assertEquals(Map.of("first", "1", "second", "2"), daemon.pools.get(0));
        assertEquals(2, daemon.sets);
    }

    @Test
    @DisplayName("A guest that was saved goes on without a new negotiation, and gets what was meant for it")
    void restores() throws Exception {
        begin();
        daemon.serve();
        pairs.set("first", "1");
        pairs.set("second", "2");
        VmbusDevice next = kvp();
        wire.restore(next);
        daemon.serve();
        assertEquals(Map.of("first", "1", "second", "2"), daemon.pools.get(0));
        assertEquals("Debian GNU/Linux", ((GuestPairs) next).guest().get("OSName"));
    }

    @Test
    @DisplayName("A saved state in which anything is out of range is refused")
    void badStates() {
        begin();
        pairs.set("key", "value");
        daemon.driver.ask();
        for (String name : wire.save().values.keySet()) {
            for (long bad : new long[] {-1, Long.MAX_VALUE, 0x7FFF_FFFF}) {
                Wire.Saved saved = wire.save();
                saved.values.put(name, bad);
                assertThrows(StateException.class, () -> kvp().restore(saved), name);
            }
            Wire.Saved saved = wire.save();
            saved.values.remove(name);
            assertThrows(StateException.class, () -> kvp().restore(saved), name);
        }
        for (byte[] bad : new byte[][] {{}, new byte[2580], new byte[65_536]}) {
            Wire.Saved saved = wire.save();
            saved.bytes.put("wish0", bad);
            assertThrows(StateException.class, () -> kvp().restore(saved));
        }
        assertDoesNotThrow(() -> kvp().restore(wire.save()));
    }

    @Test
    @DisplayName("Lengths beyond the arrays, texts without an end and pools without one are bounded")
    void hostileLengths() {
        daemon.driver.negotiate(0x3_0000, 0x4_0000);
        int served = 0;
        for (ByteBuffer asked = daemon.driver.next(); asked != null; asked = daemon.driver.next()) {
            if (asked.get(BODY) == 3) {
                for (int at = BODY + 20; at < BODY + 2580; at += 2) {
                    asked.putChar(at, (char) ('a' + (served + at) % 7));
                }
                KvpDaemon.put(asked, BODY + 20, "key " + served + " ");
                asked.putChar(BODY + 20 + 2 * ("key " + served + " ").length(), 'x');
                asked.putInt(BODY + 8, served % 16 == 3 ? 4 : 1);
                asked.putInt(BODY + 12, served % 2 == 0 ? Integer.MAX_VALUE : -1);
                asked.putInt(BODY + 16, Integer.MIN_VALUE);
                asked.putShort(18, (short) (served % 16 == 5 ? 4 : 2580));
            }
            daemon.driver.answer(asked, 0);
            served++;
        }
        assertEquals(2 * 256 + 1, served);
        assertTrue(pairs.guest().size() <= 512);
        pairs.guest().forEach((key, value) -> assertTrue(key.length() <= 256 && value.length() <= 1024));
    }

    @Test
    @DisplayName("Answers of any length, twice, never, or to something else do no harm")
    void hostileAnswers() throws Exception {
        Random random = new Random(7);
        daemon.driver.negotiate(0x3_0000, 0x4_0000);
        for (int round = 0; round < 3_000; round++) {
            if (random.nextInt(10) == 0) {
                pairs.set("key" + round, random.nextBoolean() ? null : "value");
            }
            ByteBuffer asked = wire.receive();
            byte[] answer = asked == null ? new byte[random.nextInt(3_000)] : asked.array();
            if (asked == null || random.nextInt(4) == 0) {
                for (int i = 0; i < random.nextInt(8) && answer.length > 0; i++) {
                    answer[random.nextInt(Math.min(answer.length, 64))] = (byte) random.nextInt();
                }
            }
            for (int i = random.nextInt(3); i > 0; i--) {
                if (answer.length > 25) {
                    answer[25] = 5;
                }
                wire.send(answer);
            }
            wire.pass(random.nextInt(100_000_000));
        }
        wire.pass(61 * Wire.SECOND);
        wire.close();
        wire.open();
        begin();
        daemon.serve();
        assertEquals("Debian GNU/Linux", pairs.guest().get("OSName"), "it still works");
    }

    @Test
    @DisplayName("A guest that closes the channel is forgotten, and nobody waits for it")
    void closes() {
        begin();
        daemon.serve();
        CompletableFuture<Integer> set = pairs.set("key", "value");
        CompletableFuture<Void> heard = pairs.refresh();
        wire.close();
        assertEquals("the guest has closed the channel", reason(set));
        assertEquals("the guest has closed the channel", reason(heard));
        assertEquals(Map.of(), pairs.guest());
        assertFalse(pairs.isPossible());
    }

    @ParameterizedTest
    @ValueSource(strings = {"00:15:5D:00:00", "x", "+", "00:15:5D:00:00:01,00:15:5D:00:00:02"})
    @DisplayName("What is no MAC address is refused with what to write instead")
    void badOption(String adapters) {
        String line = assertThrows(
                        IllegalArgumentException.class,
                        () -> new KvpKind().create(new DeviceSite("kvp", Map.of("adapters", adapters))))
                .getMessage();
        assertTrue(line.startsWith("adapters takes 1 to 16 MAC addresses"), line);
    }
}
