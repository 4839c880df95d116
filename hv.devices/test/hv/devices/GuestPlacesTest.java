package hv.devices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.Release;
import hv.api.SavedState;
import hv.api.device.GuestDevices;
import hv.api.dto.DeviceDTO;
import hv.api.dto.PlaceDTO;
import hv.api.dto.SwapDTO;
import hv.api.machine.StateSections;
import hv.api.vmbus.VmbusProvider;
import hv.devices.EchoKind.Fault;
import hv.synic.Synic;
import hv.testkit.Guest;
import hv.testkit.VmbusGuest;
import hv.testkit.VmbusRings;
import hv.vmbus.VmbusBuses;
import hv.vpindex.VpIndex;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("Devices and bus are replaced under a guest that uses them, and it cannot tell")
class GuestPlacesTest {
    private static final int RINGS = 0x40;
    private static final int PAGES = 4;
    private static final Duration SOON = Duration.ofSeconds(30);

    private final Guest guest = Guest.with(new VpIndex(), new Synic())
            .flags("hv-synic,hv-vpindex")
            .vps(2)
            .start()
            .identify();
    private final DeviceService service = new DeviceService();
    private final VmbusProvider provider = new VmbusBuses();
    private final EchoKind first = new EchoKind(Fault.NONE);
    private final VmbusGuest driver = new VmbusGuest(guest);
    private GuestDevices devices;

    @BeforeEach
    void open() {
        service.deploy(provider, "hv.vmbus 1.0.0", new Release(1, 0, 0, ""));
        service.deploy(first, "hv.echo 1.0.0", new Release(1, 0, 0, ""));
        devices = service.open(guest.partition(), guest.memory(), 2);
    }

    @AfterEach
    void close() {
        devices.close();
        service.end();
        guest.close();
    }

    private DeviceDTO row(String name) {
        return devices.all().stream()
                .filter(row -> row.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private VmbusRings opened() {
        devices.add("echo", "echo", Map.of());
        List<VmbusGuest.Offer> offers = driver.connect();
        assertEquals(1, offers.size());
        return driver.open(offers.get(0), RINGS, PAGES);
    }

    /** Sends one packet with a number, and takes its answer. */
    private void roundTrip(VmbusRings rings, long number) {
        byte[] payload = ByteBuffer.allocate(64).putLong(number).array();
        assertTrue(rings.send(number, true, payload));
        answered(rings, number);
    }

    private void answered(VmbusRings rings, long number) {
        ByteBuffer answer = driver.receive(rings);
        assertEquals(0xB, answer.getShort(0));
        assertEquals(number, answer.getLong(8), "the answers come once each and in order");
        assertEquals(number, Long.reverseBytes(answer.getLong(16)));
    }

    @Test
    @DisplayName("A device is plugged in before and after the guest looks, serves, and is pulled out")
    void plug() {
        VmbusRings rings = opened();
        roundTrip(rings, 1);
        devices.add("echo", "echo2", Map.of("colour", "red"));
        assertEquals(2, driver.hear(1).getInt(184), "hot plug");
        devices.remove("echo");
        assertEquals(1, driver.hear(2).getInt(8), "RESCIND");
        driver.release(1);
        devices.add("echo", "echo", Map.of());
        assertEquals(1, driver.hear(1).getInt(184), "offered again once the guest has let go");
        assertThrows(IllegalArgumentException.class, () -> devices.add("echo", "echo", Map.of()));
        assertThrows(IllegalArgumentException.class, () -> devices.add("ekko", "a", Map.of()));
        assertThrows(IllegalArgumentException.class, () -> devices.add("echo", "A b", Map.of()));
        assertThrows(IllegalArgumentException.class, () -> devices.add("echo", "a", Map.of("smell", "1")));
        assertThrows(IllegalArgumentException.class, () -> devices.remove("a"));
    }

    @Test
    @DisplayName("1,000 swaps of the device under its traffic: every packet is answered once and in order")
    void swapDevice() throws Exception {
        swaps("echo", 1_000);
    }

    @Test
    @DisplayName("300 swaps of the bus under traffic: the same")
    void swapBus() throws Exception {
        swaps(GuestDevices.BUS, 300);
    }

    private void swaps(String name, int count) throws Exception {
        VmbusRings rings = opened();
        AtomicBoolean isDone = new AtomicBoolean();
        AtomicLong failed = new AtomicLong();
        Thread swapper = new Thread(() -> {
            for (int i = 0; i < count; i++) {
                failed.addAndGet(devices.swap(name, "").succeeded() ? 0 : 1);
            }
            isDone.set(true);
        });
        swapper.start();
        long sent = 0;
        long answered = 0;
        Random random = new Random(3);
        while (!isDone.get()) {
            // Bursts, so that swaps meet rings with something in both directions.
            for (int i = random.nextInt(40); i >= 0 && send(rings, sent + 1); i--) {
                sent++;
            }
            while (answered < sent) {
                answered(rings, ++answered);
            }
        }
        swapper.join();
        assertEquals(0, failed.get());
        assertEquals(
                sent,
                row("echo").facts().isEmpty()
                        ? -1
                        : Long.parseLong(row("echo").facts().get("count")));
        assertNull(rings.receive(), "nothing is doubled");
        long worst =
                devices.history().stream().mapToLong(SwapDTO::pauseMicros).max().orElse(0);
        System.out.printf("%d swaps of %s: %d packets, the longest pause %d us%n", count, name, sent, worst);
    }

    private static boolean send(VmbusRings rings, long number) {
        return rings.send(number, true, ByteBuffer.allocate(64).putLong(number).array());
    }

    @Test
    @DisplayName("A bundle leaves and comes back, newer or older: signals are kept, the guest notices nothing")
    void vacate() {
        VmbusRings rings = opened();
        roundTrip(rings, 1);
        service.withdraw(first);
        assertEquals(PlaceDTO.State.VACANT, row("echo").state());
        assertTrue(send(rings, 2));
        assertEquals(0, driver.signal(0x2001));
        EchoKind second = new EchoKind(Fault.NONE);
        service.deploy(second, "hv.echo 0.9.0", new Release(0, 9, 0, ""));
        assertTrue(service.settle(SOON));
        answered(rings, 2);
        EchoKind third = new EchoKind(Fault.NONE);
        service.deploy(third, "hv.echo 2.0.0", new Release(2, 0, 0, ""));
        assertTrue(service.settle(SOON));
        assertEquals("hv.echo 2.0.0", row("echo").bundle(), "a newer one takes over by being started");
        roundTrip(rings, 3);
        service.withdraw(third);
        assertEquals("hv.echo 0.9.0", row("echo").bundle(), "the older one is there still");
        roundTrip(rings, 4);
        assertEquals("4", row("echo").facts().get("count"), "the count went with them");
    }

    @Test
    @DisplayName("The bus leaves and comes back: what the guest has posted and written meanwhile is answered")
    void vacateBus() {
        VmbusRings rings = opened();
        roundTrip(rings, 1);
        service.withdraw(provider);
        assertEquals(PlaceDTO.State.VACANT, row(GuestDevices.BUS).state());
        assertTrue(send(rings, 2));
        assertEquals(0, driver.signal(0x2001));
        assertEquals(
                0,
                driver.post(
                        1,
                        VmbusGuest.message(11, 16).putInt(8, 1).putInt(12, 77).array()));
        assertThrows(IllegalStateException.class, () -> devices.add("echo", "b", Map.of()));
        service.deploy(new VmbusBuses(), "hv.vmbus 1.0.0", new Release(1, 0, 0, ""));
        assertTrue(service.settle(SOON));
        answered(rings, 2);
        assertEquals(77, driver.hear(12).getInt(8));
        roundTrip(rings, 3);
    }

    @ParameterizedTest
    @EnumSource(value = Fault.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    @DisplayName("A version that fails in any callback does not take over, and nothing is lost")
    void faulty(Fault fault) {
        VmbusRings rings = opened();
        roundTrip(rings, 1);
        EchoKind bad = new EchoKind(fault);
        service.deploy(bad, "hv.echo 2.0.0", new Release(2, 0, 0, ""));
        assertTrue(service.settle(SOON));
        if (fault == Fault.SAVE) {
            assertEquals("hv.echo 2.0.0", row("echo").bundle());
            assertFalse(devices.swap("echo", "hv.echo 1.0.0").succeeded(), "its state cannot be had");
            roundTrip(rings, 2);
        } else if (fault == Fault.RESUMED) {
            assertTrue(row("echo").failures() > 0);
        } else {
            assertEquals("hv.echo 1.0.0", row("echo").bundle());
            SwapDTO last = devices.history().get(devices.history().size() - 1);
            assertFalse(last.succeeded());
            roundTrip(rings, 2);
        }
    }

    @Test
    @DisplayName("Saved and restored with RAM, in place and again: packets under way are answered once")
    void saveAndRestore() throws Exception {
        VmbusRings rings = opened();
        roundTrip(rings, 1);
        for (int round = 0; round < 20; round++) {
            assertTrue(send(rings, 2));
            devices.pause();
            List<SavedState.Section> saved = devices.save();
            Map<Long, byte[]> ram = ram();
            devices.resume();
            answered(rings, 2);
            roundTrip(rings, 3);
            devices.pause();
            ram.forEach((page, bytes) -> guest.memory().write(page, bytes, 0, bytes.length));
            devices.read(new StateSections(new SavedState(saved))).run();
            assertEquals(saved, devices.save(), "saved again, it is the same");
            devices.resume();
            answered(rings, 2);
            roundTrip(rings, 3);
        }
        driver.takeFlag(1);
        devices.reset();
        assertEquals("unoffered", row("echo").channel());
        assertEquals(1, driver.connect().size());
    }

    private Map<Long, byte[]> ram() {
        Map<Long, byte[]> pages = new HashMap<>();
        for (long page = RINGS * 4096L; page < (RINGS + 2 * PAGES) * 4096L; page += 4096) {
            byte[] bytes = new byte[4096];
            guest.memory().read(page, bytes, 0, bytes.length);
            pages.put(page, bytes);
        }
        return pages;
    }

    @Test
    @DisplayName(
            "After the end of the service that kept them, devices cannot be saved, and say so; all else does nothing")
    void ended() {
        opened();
        service.end();
        devices.pause();
        assertThrows(IllegalStateException.class, devices::save);
        devices.resume();
        devices.reset();
        assertTrue(service.all().isEmpty());
    }

    @Test
    @DisplayName("What a device offers to the host is reached through every swap; a vacant place says so")
    void door() {
        devices.add("echo", "echo", Map.of());
        EchoKind.Counter counter =
                devices.service("echo", EchoKind.Counter.class).orElseThrow();
        assertTrue(devices.service("echo", Runnable.class).isEmpty());
        assertTrue(devices.service("other", EchoKind.Counter.class).isEmpty());
        assertEquals(0, counter.count());
        assertTrue(devices.swap("echo", "").succeeded());
        assertEquals(0, counter.count());
        service.withdraw(first);
        assertThrows(IllegalStateException.class, counter::count);
    }
}
