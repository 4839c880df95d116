package hv.devices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.Release;
import hv.api.device.GuestDevices;
import hv.api.device.GuestFreeze;
import hv.api.device.GuestHealth;
import hv.api.device.GuestKeyboard;
import hv.api.device.GuestPairs;
import hv.api.device.GuestShutdown;
import hv.api.vmbus.DeviceKind;
import hv.api.vmbus.DeviceSite;
import hv.heartbeat.HeartbeatKind;
import hv.keyboard.KeyboardKind;
import hv.kvp.KvpKind;
import hv.shutdown.ShutdownKind;
import hv.synic.Synic;
import hv.testkit.Guest;
import hv.testkit.VmbusGuest;
import hv.testkit.VmbusRings;
import hv.timesync.TimeSyncKind;
import hv.vmbus.VmbusBuses;
import hv.vpindex.VpIndex;
import hv.vss.VssKind;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The services of hv_utils and the keyboard are replaced, and the bus below them, while hosts use them")
class SwappedServicesTest {
    private static final List<DeviceKind> KINDS = List.of(
            new HeartbeatKind(),
            new ShutdownKind(),
            new TimeSyncKind(),
            new KvpKind(),
            new VssKind(),
            new KeyboardKind());

    private static final int ROUNDS = 300;
    private static final int PAGES = 9;
    private static final int BODY = 16 + 28;
    private static final int SECOND_100NS = 10_000_000;

    private final Guest guest = Guest.with(new VpIndex(), new Synic())
            .flags("hv-synic,hv-vpindex")
            .vps(2)
            .start()
            .identify();
    private final DeviceService service = new DeviceService();
    private final VmbusGuest driver = new VmbusGuest(guest);

    /** The rings of each kind, by id. */
    private final Map<String, VmbusRings> rings = new HashMap<>();

    /** What the guest was asked for, by kind, in its order. */
    private final Map<String, List<String>> asked = new HashMap<>();

    private GuestDevices devices;

    @BeforeEach
    void open() {
        service.deploy(new VmbusBuses(), "hv.vmbus 1.0.0", new Release(1, 0, 0, ""));
        KINDS.forEach(kind -> service.deploy(kind, kind.id() + " 1.0.0", new Release(1, 0, 0, "")));
        devices = service.open(guest.partition(), guest.memory(), 2);
        KINDS.forEach(kind -> devices.add(kind.id(), kind.id(), Map.of()));
        int first = 0x40;
        for (VmbusGuest.Offer offer : driver.connect()) {
            DeviceKind kind = KINDS.stream()
                    .filter(one -> one.create(site(one)).offer().device().equals(offer.device()))
                    .findFirst()
                    .orElseThrow();
            rings.put(kind.id(), driver.open(offer, first, PAGES));
            asked.put(kind.id(), new ArrayList<>());
            first += 2 * PAGES;
        }
        rings.get("keyboard").send(1, true, new byte[] {1, 0, 0, 0, 0, 0, 1, 0});
    }

    private static DeviceSite site(DeviceKind kind) {
        return new DeviceSite(kind.id(), Map.of());
    }

    @AfterEach
    void close() {
        devices.close();
        service.end();
        guest.close();
    }

    private <T> T door(String name, Class<T> type) {
        return devices.service(name, type).orElseThrow();
    }

    /** Answers what is asked now, as Linux' drivers do. */
    private void answer() {
        rings.forEach((kind, ring) -> {
            for (ByteBuffer message = ring.receive(); message != null; message = ring.receive()) {
                if (kind.equals("keyboard")) {
                    asked.get(kind).add(message.getInt(16) + " " + message.getInt(20));
                } else {
                    answer(kind, message);
                    byte[] payload = new byte[message.capacity() - 16];
                    message.put(16 + 25, (byte) 5).get(16, payload);
                    ring.send(message.getLong(8), false, payload);
                }
            }
        });
    }

    private void answer(String kind, ByteBuffer message) {
        if (message.getShort(16 + 12) == 0) {
            asked.get(kind).add("versions");
            int at = BODY + 8 + 4 * message.getShort(BODY);
            int version = message.getInt(at);
            message.putInt(BODY + 12, version).putInt(BODY + 8, 3).putShort(BODY, (short) 1);
            message.putShort(BODY + 2, (short) 1).putShort(16 + 18, (short) 16);
            return;
        }
        switch (kind) {
            case "heartbeat" -> {
                asked.get(kind).add(String.valueOf(message.getLong(BODY)));
                message.putLong(BODY, message.getLong(BODY) + 1);
            }
            case "kvp" -> {
                if (message.get(BODY) == 1) {
                    asked.get(kind).add("set " + message.getChar(BODY + 16 + 512));
                } else {
                    message.putInt(16 + 20, 0x8007_0103);
                }
            }
            case "vss" -> asked.get(kind).add(String.valueOf(message.get(BODY)));
            case "timesync" -> asked.get(kind).add(String.valueOf(message.get(BODY + 16)));
            default -> asked.get(kind).add("shutdown " + message.getInt(BODY + 8));
        }
    }

    private void await(String what, BooleanSupplier condition) {
        driver.await(what, () -> {
            answer();
            return condition.getAsBoolean();
        });
    }

    @Test
    @DisplayName("Nothing is asked twice or lost, versions are agreed on once, and every host gets its answer")
    void swaps() {
        GuestPairs pairs = door("kvp", GuestPairs.class);
        GuestFreeze freeze = door("vss", GuestFreeze.class);
        GuestShutdown shutdown = door("shutdown", GuestShutdown.class);
        GuestKeyboard keyboard = door("keyboard", GuestKeyboard.class);
        GuestHealth health = door("heartbeat", GuestHealth.class);
        await(
                "all are there",
                () -> pairs.isPossible()
                        && freeze.isPossible()
                        && shutdown.isPossible()
                        && keyboard.isPossible()
                        && health.answers() > 0);
        Random random = new Random(17);
        List<String> names = new ArrayList<>(rings.keySet());
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
                assertTrue(devices.swap(name, "").succeeded(), name);
                if (random.nextBoolean()) {
                    answer();
                }
            }
            guest.advance100ns(random.nextInt(SECOND_100NS));
            CompletableFuture<?>[] all = answers.toArray(CompletableFuture[]::new);
            await(
                    "every host gets its answer",
                    () -> CompletableFuture.allOf(all).isDone());
        }
        answers.forEach(one -> assertEquals(0, one.join()));
        await("the last keys", () -> asked.get("keyboard").size() == ROUNDS + 1);
        assertEquals(sets, asked.get("kvp").subList(1, asked.get("kvp").size()), "behind the question about versions");
        asked.forEach((kind, list) -> assertEquals(
                kind.equals("keyboard") ? 0 : 1,
                list.stream().filter("versions"::equals).count(),
                kind));
        assertEquals("2 1", asked.get("keyboard").get(0), "its protocol is accepted");
        for (int i = 0; i < ROUNDS; i++) {
            assertEquals("3 " + (1 + i % 0x7F), asked.get("keyboard").get(1 + i));
        }
        assertEquals(ROUNDS / 10, asked.get("shutdown").size() - 1);
        List<String> beats = asked.get("heartbeat");
        for (int i = 1; i < beats.size(); i++) {
            assertEquals(String.valueOf(2 * i - 1), beats.get(i));
        }
        assertEquals(ROUNDS / 2, asked.get("vss").stream().filter("5"::equals).count(), "freezes");
        assertEquals(ROUNDS / 2, asked.get("vss").stream().filter("6"::equals).count(), "thaws");
    }
}
