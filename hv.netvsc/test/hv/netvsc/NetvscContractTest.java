package hv.netvsc;

import hv.api.device.Devices;
import hv.testkit.DeviceDeployment;
import hv.testkit.FramePeer;
import hv.testkit.GuestDriver;
import hv.testkit.NetvscDriver;
import hv.testkit.VmbusDeviceContract;
import hv.testkit.VmbusGuest;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;

/** Linux: drivers/net/hyperv. */
@DisplayName("The contract of devices: netvsc")
class NetvscContractTest extends VmbusDeviceContract {
    private static final NetvscDriver.Layout LAYOUT = NetvscDriver.Layout.from(0x60, 40);
    private static final long MOST_NANOS = 50_000_000;

    @TempDir
    private Path folder;

    private FramePeer peer;
    private VmbusGuest.Offer described;

    @Override
    protected String kind() {
        return "netvsc";
    }

    @Override
    protected Devices service() {
        return DeviceDeployment.with(new NetvscKind(), "hv.netvsc");
    }

    @Override
    protected Map<String, String> options() {
        Path path = folder.resolve("socket");
        peer = FramePeer.echo(path);
        return Map.of("socket", path.toString());
    }

    @AfterEach
    void closePeer() {
        peer.close();
    }

    @Override
    protected GuestDriver driver(Surroundings now) {
        if (described != now.offer()) {
            // The buffers stay described when a channel is closed.
            LAYOUT.describe(now.bus(), now.offer());
            described = now.offer();
        }
        return new Driver(now);
    }

    /** Begins first, and then asks something or sends a frame, which comes back. */
    private static final class Driver implements GuestDriver {
        private final Surroundings now;
        private final NetvscDriver driver;
        private int exchanges;

        Driver(Surroundings now) {
            this.now = now;
            this.driver = new NetvscDriver(now.bus(), now.rings(), LAYOUT);
        }

        @Override
        public String exchange() {
            return switch (exchanges++) {
                case 0 -> "begun with %x".formatted(driver.begin(1500));
                case 1 -> "mtu %d".formatted(driver.query(0x1_0106).getInt());
                default -> exchanges % 3 == 0 ? "filter %d".formatted(driver.set(0x1_010E, 0x2D)) : echoed();
            };
        }

        /** A frame is lost if the other end is just being looked for: another one follows. */
        private String echoed() {
            byte[] frame = ByteBuffer.allocate(exchanges % 2 == 0 ? 100 : 1500)
                    .putLong(0, 0xFFFF_FFFF_FFFF_0000L | exchanges)
                    .array();
            long[] sent = new long[1];
            byte[][] heard = new byte[1][];
            now.bus().await("the frame comes back", () -> {
                if (sent[0] == 0 || System.nanoTime() - sent[0] > MOST_NANOS) {
                    sent[0] = driver.send(frame) ? System.nanoTime() : sent[0];
                }
                heard[0] = driver.receive();
                return Arrays.equals(frame, heard[0]);
            });
            return "%d bytes came back".formatted(frame.length);
        }
    }
}
