package hv.devices.contract;

import hv.api.device.GuestFreeze;
import hv.testkit.GuestDriver;
import hv.testkit.UtilsDriver;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;

/** The host wants the guest frozen again and again, for so short a time that it is thawed by itself each time. */
@DisplayName("The contract of devices: freezing")
class VssContractTest extends ShippedDeviceContract {
    VssContractTest() {
        super("vss");
    }

    @Override
    protected GuestDriver driver(Surroundings now) {
        return new UtilsDriver(now.guest(), now.bus(), now.offer(), now.rings(), new Host(now));
    }

    /** Wants it as soon as the device knows that the guest can. */
    private static final class Host implements Runnable {
        private final Surroundings now;
        private int exchanges;

        Host(Surroundings now) {
            this.now = now;
        }

        @Override
        public void run() {
            // The first question is about versions, the second one whether the guest can.
            if (exchanges++ >= 2) {
                GuestFreeze door =
                        now.devices().service("vss", GuestFreeze.class).orElseThrow();
                now.bus().await("the guest can be asked", door::isPossible);
                door.freeze(Duration.ofMillis(1));
            }
        }
    }
}
