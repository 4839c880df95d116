package hv.devices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.device.GuestDevices;
import hv.api.device.GuestFreeze;
import hv.api.device.GuestHealth;
import hv.api.device.GuestKeyboard;
import hv.api.device.GuestPairs;
import hv.api.device.GuestShutdown;
import hv.api.dto.SwapDTO;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The services of hv_utils and the keyboard are replaced, and the bus below them, while hosts use them")
class SwappedServicesTest {
    private static final int ROUNDS = 300;
    private static final int SINGLE = 1_000;
    private static final int SECOND_100NS = 10_000_000;

    private final GuestOfServices guest = new GuestOfServices();
    private final GuestPairs pairs = guest.door("kvp", GuestPairs.class);
    private final GuestFreeze freeze = guest.door("vss", GuestFreeze.class);
    private final GuestShutdown shutdown = guest.door("shutdown", GuestShutdown.class);
    private final GuestKeyboard keyboard = guest.door("keyboard", GuestKeyboard.class);
    private final GuestHealth health = guest.door("heartbeat", GuestHealth.class);

    @BeforeEach
    void awaitAll() {
        guest.await(
                "all are there",
                () -> pairs.isPossible()
                        && freeze.isPossible()
                        && shutdown.isPossible()
                        && keyboard.isPossible()
                        && health.answers() > 0);
    }

    @AfterEach
    void close() {
        guest.close();
    }

    @Test
    @DisplayName("Nothing is asked twice or lost, versions are agreed on once, and every host gets its answer")
    void swaps() {
        Random random = new Random(17);
        List<String> names = new ArrayList<>(guest.rings.keySet());
        names.add(GuestDevices.BUS);
        List<CompletableFuture<Integer>> answers = new ArrayList<>();
        List<String> sets = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            char value = (char) ('a' + random.nextInt(26));
            sets.add("set " + value);
            answers.add(pairs.set("key", String.valueOf(value)));
            answers.add(i % 2 == 0 ? freeze.freeze(Duration.ofHours(1)) : freeze.thaw());
            if (i % 10 == 0) {
                answers.add(shutdown.request(GuestShutdown.Action.RESTART));
            }
            assertTrue(keyboard.key(1 + i % 0x7F, false, true));
            for (int j = random.nextInt(3); j >= 0; j--) {
                String name = names.get(random.nextInt(names.size()));
                assertTrue(guest.devices.swap(name, "").succeeded(), name);
                if (random.nextBoolean()) {
                    guest.answer();
                }
            }
            guest.advance100ns(random.nextInt(SECOND_100NS));
            CompletableFuture<?>[] all = answers.toArray(CompletableFuture[]::new);
            guest.await(
                    "every host gets its answer",
                    () -> CompletableFuture.allOf(all).isDone());
        }
        answers.forEach(one -> assertEquals(0, one.join()));
        guest.await("the last keys", () -> guest.asked.get("keyboard").size() == ROUNDS + 1);
        assertEquals(
                sets,
                guest.asked.get("kvp").subList(1, guest.asked.get("kvp").size()),
                "behind the question about versions");
        guest.asked.forEach((kind, list) -> assertEquals(
                kind.equals("keyboard") ? 0 : 1,
                list.stream().filter("versions"::equals).count(),
                kind));
        assertEquals("2 1", guest.asked.get("keyboard").get(0), "its protocol is accepted");
        for (int i = 0; i < ROUNDS; i++) {
            assertEquals("3 " + (1 + i % 0x7F), guest.asked.get("keyboard").get(1 + i));
        }
        assertEquals(ROUNDS / 10, guest.asked.get("shutdown").size() - 1);
        List<String> beats = guest.asked.get("heartbeat");
        for (int i = 1; i < beats.size(); i++) {
            assertEquals(String.valueOf(2 * i - 1), beats.get(i));
        }
        assertEquals(
                ROUNDS / 2, guest.asked.get("vss").stream().filter("5"::equals).count(), "freezes");
        assertEquals(
                ROUNDS / 2, guest.asked.get("vss").stream().filter("6"::equals).count(), "thaws");
    }

    @ParameterizedTest
    @ValueSource(strings = {"heartbeat", "shutdown", "timesync", "kvp", "vss", "keyboard", "vmbus"})
    @DisplayName("One of them is replaced 1,000 times under its traffic: nothing is lost, doubled or refused")
    void single(String name) {
        long[] pauses = new long[SINGLE];
        for (int i = 0; i < SINGLE; i++) {
            char value = (char) ('a' + i % 26);
            List<CompletableFuture<Integer>> answers = List.of(
                    pairs.set("key", String.valueOf(value)),
                    i % 2 == 0 ? freeze.freeze(Duration.ofHours(1)) : freeze.thaw(),
                    shutdown.request(GuestShutdown.Action.RESTART));
            assertTrue(keyboard.key(1 + i % 0x7F, false, true));
            // Before, in the middle of, and behind what is asked.
            for (int answered = i % 3; answered > 0; answered--) {
                guest.answer();
            }
            SwapDTO row = guest.devices.swap(name, "");
            assertTrue(row.succeeded(), row.outcome());
            pauses[i] = row.pauseMicros();
            guest.advance100ns(SECOND_100NS / 5);
            guest.await("every host gets its answer", () -> answers.stream().allMatch(CompletableFuture::isDone));
            answers.forEach(one -> assertEquals(0, one.join()));
        }
        guest.await("the last keys", () -> guest.asked.get("keyboard").size() == SINGLE + 1);
        for (int i = 0; i < SINGLE; i++) {
            assertEquals("set " + (char) ('a' + i % 26), guest.asked.get("kvp").get(1 + i));
            assertEquals("3 " + (1 + i % 0x7F), guest.asked.get("keyboard").get(1 + i));
        }
        assertEquals(1 + SINGLE, guest.asked.get("kvp").size());
        assertEquals(1 + SINGLE, guest.asked.get("shutdown").size());
        assertEquals(SINGLE / 2, Collections.frequency(guest.asked.get("vss"), "5"), "freezes");
        assertEquals(SINGLE / 2, Collections.frequency(guest.asked.get("vss"), "6"), "thaws");
        List<String> beats = guest.asked.get("heartbeat");
        for (int i = 1; i < beats.size(); i++) {
            assertEquals(String.valueOf(2 * i - 1), beats.get(i), "no beat is left out or asked for twice");
        }
        Arrays.sort(pauses);
        System.out.printf(
                "%s replaced %d times: pause %d us in the middle, %d us for 99 of 100, %d us at most%n",
                name, SINGLE, pauses[SINGLE / 2], pauses[SINGLE * 99 / 100], pauses[SINGLE - 1]);
    }
}
