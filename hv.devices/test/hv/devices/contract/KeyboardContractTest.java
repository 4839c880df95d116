package hv.devices.contract;

import hv.api.device.GuestKeyboard;
import hv.testkit.GuestDriver;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;

/** Linux: drivers/input/serio/hyperv-keyboard.c. */
@DisplayName("The contract of devices: keyboard")
class KeyboardContractTest extends ShippedDeviceContract {
    KeyboardContractTest() {
        super("keyboard");
    }

    private static final int HEAD = 16;
    private static final int KEY_A = 0x1E;

    @Override
    protected GuestDriver driver(Surroundings now) {
        return new Driver(now);
    }

    /** Asks for the protocol first, and then takes a key at a time. */
    private static final class Driver implements GuestDriver {
        private final Surroundings now;
        private boolean isAccepted;

        Driver(Surroundings now) {
            this.now = now;
        }

        @Override
        public String exchange() {
            if (isAccepted) {
                GuestKeyboard keyboard =
                        now.devices().service("keyboard", GuestKeyboard.class).orElseThrow();
                // The device has been asked for the protocol, and may have answered without having said so to the host.
                now.bus().await("the keyboard takes a key", () -> keyboard.key(KEY_A, false, true));
            } else {
                ByteBuffer request = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
                now.rings().send(1, true, request.putInt(1).putInt(0x1_0000).array());
                isAccepted = true;
            }
            ByteBuffer told = now.bus().receive(now.rings());
            byte[] payload = new byte[told.capacity() - HEAD];
            told.get(HEAD, payload);
            return Arrays.toString(payload);
        }
    }
}
