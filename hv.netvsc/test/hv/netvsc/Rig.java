package hv.netvsc;

import hv.api.device.GuestDevices;
import hv.api.device.GuestNetwork;
import hv.hosted.HostedHost;
import hv.synic.Synic;
import hv.testkit.DeviceDeployment;
import hv.testkit.Guest;
import hv.testkit.NetvscDriver;
import hv.testkit.VmbusGuest;
import hv.testkit.VmbusRings;
import hv.vpindex.VpIndex;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** A guest of 16 MiB with one network adapter and a driver for it, as Linux has it. */
final class Rig implements AutoCloseable {
    static final String NAME = "net0";
    private static final int RINGS_AT = 0x40;
    private static final int RING_PAGES = 33;
    private static final int BUFFERS_AT = 0x100;
    private static final int RECEIVE_PAGES = 512;

    final Guest guest = Guest.with(new VpIndex(), new Synic())
            .host(HostedHost.builder().memoryBytes(16 << 20).build())
            .flags("hv-synic,hv-vpindex")
            .vps(2)
            .start()
            .identify();
    final VmbusGuest bus = new VmbusGuest(guest);
    final GuestDevices devices;
    final VmbusGuest.Offer offer;
    final VmbusRings rings;
    final NetvscDriver driver;

    Rig(Map<String, String> options, int mtu) {
        devices = DeviceDeployment.with(new NetvscKind(), "hv.netvsc").open(guest.partition(), guest.memory(), 2);
        devices.add("netvsc", NAME, options);
        offer = bus.connect().get(0);
        rings = bus.open(offer, RINGS_AT, RING_PAGES);
        NetvscDriver.Layout layout = NetvscDriver.Layout.from(BUFFERS_AT, RECEIVE_PAGES);
        layout.describe(bus, offer);
        driver = new NetvscDriver(bus, rings, layout);
        driver.begin(mtu);
    }

    GuestNetwork network() {
        return devices.service(NAME, GuestNetwork.class).orElseThrow();
    }

    void await(String what, BooleanSupplier condition) {
        bus.await(what, condition);
    }

    void awaitUp() {
        await("the cable is plugged in", () -> network().isUp());
    }

    /** The next frame. */
    byte[] receive() {
        byte[][] frame = new byte[1][];
        await("a frame", () -> {
            frame[0] = driver.receive();
            return frame[0] != null;
        });
        return frame[0];
    }

    void send(byte[] frame) {
        await("room for a frame", () -> {
            driver.poll();
            return driver.send(frame);
        });
    }

    @Override
    public void close() {
        devices.close();
        guest.close();
    }
}
