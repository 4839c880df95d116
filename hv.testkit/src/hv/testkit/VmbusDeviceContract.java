package hv.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.SavedState;
import hv.api.StateException;
import hv.api.device.Devices;
import hv.api.device.GuestDevices;
import hv.api.dto.SwapDTO;
import hv.api.enlightenment.Enlightenment;
import hv.api.machine.StateSections;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What every device on VMBus keeps: extend this, say which kind it is and play its driver in a guest. Found by {@code
 * ServiceLoader} beside the test: the device's kind, hv.devices, hv.vmbus, hv.vpindex and hv.synic.
 */
public abstract class VmbusDeviceContract {
    private static final int FIRST_PAGE = 0x40;
    private static final int PAGES = 9;
    private static final int EXCHANGES = 12;

    private final Random random = new Random(20);
    private Guest guest;
    private VmbusGuest bus;
    private GuestDevices devices;
    private VmbusGuest.Offer offer;
    private GuestDriver driver;

    /** What a driver may want to use. */
    public record Surroundings(
            Guest guest, VmbusGuest bus, VmbusGuest.Offer offer, VmbusRings rings, GuestDevices devices) {}

    /** The kind's id; the device's name in the guest too. */
    protected abstract String kind();

    /** What is said in options when it is made. */
    protected Map<String, String> options() {
        return Map.of();
    }

    /** What keeps the places of devices. */
    protected Devices service() {
        return ServiceLoader.load(Devices.class)
                .findFirst()
                .orElseThrow(() -> new AssertionError("hv.devices is not beside this test"));
    }

    /** The driver of a channel that has just been opened. */
    protected abstract GuestDriver driver(Surroundings surroundings);

    @BeforeEach
    final void start() {
        List<Enlightenment> both = ServiceLoader.load(Enlightenment.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(each ->
                        List.of("synic", "vpindex").contains(each.descriptor().id()))
                .toList();
        guest = Guest.with(both).flags("hv-synic,hv-vpindex").vps(2).start().identify();
        devices = service().open(guest.partition(), guest.memory(), 2);
        devices.add(kind(), kind(), options());
        bus = new VmbusGuest(guest);
        offer = bus.connect().get(0);
        open();
    }

    private void open() {
        VmbusRings rings = bus.open(offer, FIRST_PAGE, PAGES);
        driver = driver(new Surroundings(guest, bus, offer, rings, devices));
    }

    @AfterEach
    final void end() {
        devices.close();
        guest.close();
    }

    /** What is said in so many exchanges, with something done before the one with this number. */
    private List<String> trace(int at, Runnable change) {
        List<String> said = new ArrayList<>();
        for (int i = 0; i < EXCHANGES; i++) {
            if (i == at) {
                change.run();
            }
            said.add(driver.exchange());
        }
        bus.close(offer);
        open();
        return said;
    }

    /** The same at every point, compared with what is said when nothing is done. */
    private void everywhere(Runnable change) {
        List<String> undisturbed = trace(-1, change);
        for (int at = 0; at < EXCHANGES; at++) {
            int point = at;
            assertEquals(undisturbed, trace(at, change), () -> "before exchange " + point);
        }
    }

    @Test
    @DisplayName("A guest cannot tell that another object takes its place, at any point")
    final void swapped() {
        everywhere(() -> succeeds(devices.swap(kind(), "")));
    }

    @Test
    @DisplayName("Nor that another bus does")
    final void busSwapped() {
        everywhere(() -> succeeds(devices.swap(GuestDevices.BUS, "")));
    }

    private static void succeeds(SwapDTO row) {
        assertTrue(row.succeeded(), row::outcome);
    }

    @Test
    @DisplayName("Nor that it was saved and goes on from that, at any point; and saved again it is the same")
    final void restored() {
        everywhere(() -> {
            devices.pause();
            List<SavedState.Section> saved = devices.save();
            try {
                devices.read(new StateSections(new SavedState(saved))).run();
            } catch (StateException e) {
                throw new AssertionError(e);
            }
            assertEquals(saved, devices.save());
            devices.resume();
        });
    }

    @Test
    @DisplayName("After a reset of the machine the guest finds it as at first")
    final void reset() {
        List<String> undisturbed = trace(-1, () -> {});
        devices.reset();
        offer = bus.connect().get(0);
        open();
        assertEquals(undisturbed, trace(-1, () -> {}));
    }

    @Test
    @DisplayName("Rings that a guest fills with whatever it likes harm the guest alone: afterwards it can begin anew")
    final void hostile() {
        List<String> undisturbed = trace(-1, () -> {});
        for (int round = 0; round < 20; round++) {
            for (int i = random.nextInt(4); i > 0; i--) {
                driver.exchange();
            }
            for (int i = 0; i < 200; i++) {
                scribble();
            }
            bus.close(offer);
            open();
            assertEquals(undisturbed, trace(-1, () -> {}), "round " + round);
        }
    }

    private void scribble() {
        long page = (FIRST_PAGE + random.nextInt(2 * PAGES)) * 4096L;
        switch (random.nextInt(4)) {
            case 0 -> bus.memory().putInt(page + 4L * random.nextInt(17), 8 * random.nextInt(4096));
            case 1 -> bus.memory().putInt(page + 4L * random.nextInt(1024), random.nextInt());
            case 2 -> bus.memory().putInt(page + 8L * random.nextInt(512), 0x0002_0006);
            default -> bus.signal(offer.connection());
        }
        guest.takeInterrupts();
    }
}
