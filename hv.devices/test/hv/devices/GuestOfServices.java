package hv.devices;

import hv.api.Release;
import hv.api.device.GuestDevices;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * A guest with all services of hv_utils and a keyboard: its half of them, written from what Linux' drivers do, and what
 * it was asked for. For one thread.
 */
final class GuestOfServices implements AutoCloseable {
    static final List<DeviceKind> KINDS = List.of(
            new HeartbeatKind(),
            new ShutdownKind(),
            new TimeSyncKind(),
            new KvpKind(),
            new VssKind(),
            new KeyboardKind());

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
    final Map<String, VmbusRings> rings = new HashMap<>();

    /** What the guest was asked for, by kind, in its order. */
    final Map<String, List<String>> asked = new HashMap<>();

    final GuestDevices devices;

    GuestOfServices() {
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

    @Override
    public void close() {
        devices.close();
        service.end();
        guest.close();
    }

    <T> T door(String name, Class<T> type) {
        return devices.service(name, type).orElseThrow();
    }

    /** Answers what is asked now, as Linux' drivers do. */
    void answer() {
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

    void await(String what, BooleanSupplier condition) {
        driver.await(what, () -> {
            answer();
            return condition.getAsBoolean();
        });
    }

    /** Its reference time goes on. */
    void advance100ns(long time100ns) {
        guest.advance100ns(time100ns);
    }
}
