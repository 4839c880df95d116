package hv.devices.contract;

import hv.api.device.GuestShutdown;
import hv.testkit.GuestDriver;
import hv.testkit.UtilsDriver;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The contract of devices: shutdown")
class ShutdownContractTest extends ShippedDeviceContract {
    ShutdownContractTest() {
        super("shutdown");
    }

    @Override
    protected GuestDriver driver(Surroundings now) {
        return new UtilsDriver(now.guest(), now.bus(), now.offer(), now.rings(), new Host(now));
    }

    /** Asks the guest as soon as the device knows that it may. */
    private static final class Host implements Runnable {
        private final Surroundings now;
        private boolean isNegotiated;

        Host(Surroundings now) {
            this.now = now;
        }

        @Override
        public void run() {
            if (isNegotiated) {
                GuestShutdown door =
                        now.devices().service("shutdown", GuestShutdown.class).orElseThrow();
                now.bus().await("the guest can be asked", door::isPossible);
                door.request(GuestShutdown.Action.POWER_OFF);
            }
            // The first question is about versions.
            isNegotiated = true;
        }
    }
}
