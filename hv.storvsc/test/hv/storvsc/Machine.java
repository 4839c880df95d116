package hv.storvsc;

import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.device.GuestDevices;
import hv.api.device.GuestDisks;
import hv.api.dto.SwapDTO;
import hv.api.enlightenment.Enlightenment;
import hv.hosted.HostedHost;
import hv.testkit.DeviceDeployment;
import hv.testkit.DiskDriver;
import hv.testkit.Guest;
import hv.testkit.VmbusGuest;
import hv.testkit.VmbusRings;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/** A guest with a bus and a controller, and the guest's driver for it. */
final class Machine implements AutoCloseable {
    static final int DATA_PAGE = 0x100;
    private static final int RING_PAGE = 0x40;
    private static final int RING_PAGES = 32;

    final Guest guest;
    final GuestDevices devices;
    final VmbusGuest bus;
    VmbusGuest.Offer offer;
    DiskDriver driver;

    /** @param disks as --disk has them */
    Machine(String... disks) {
        List<Enlightenment> both = ServiceLoader.load(Enlightenment.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(each ->
                        List.of("synic", "vpindex").contains(each.descriptor().id()))
                .toList();
        guest = Guest.with(both)
                .flags("hv-synic,hv-vpindex")
                .vps(2)
                .host(HostedHost.builder().memoryBytes(16 << 20).build())
                .start()
                .identify();
        devices = DeviceDeployment.with(new StorvscKind(), "hv.storvsc").open(guest.partition(), guest.memory(), 2);
        devices.add("storvsc", "storvsc", Map.of("disks", String.join("\n", disks)));
        bus = new VmbusGuest(guest);
        offer = bus.connect().get(0);
        open();
        driver.initialize();
    }

    void open() {
        VmbusRings rings = bus.open(offer, RING_PAGE, RING_PAGES);
        driver = new DiskDriver(bus, rings, DATA_PAGE);
    }

    GuestDisks disks() {
        return devices.service("storvsc", GuestDisks.class).orElseThrow();
    }

    void swap() {
        SwapDTO row = devices.swap("storvsc", "");
        assertTrue(row.succeeded(), row::outcome);
    }

    @Override
    public void close() {
        devices.close();
        guest.close();
    }
}
