package hv.devices.contract;

import hv.testkit.GuestDriver;
import hv.testkit.UtilsDriver;
import org.junit.jupiter.api.DisplayName;

/** The guest is asked for pair after pair, and never says that there are no more. */
@DisplayName("The contract of devices: pairs")
class KvpContractTest extends ShippedDeviceContract {
    KvpContractTest() {
        super("kvp");
    }

    @Override
    protected GuestDriver driver(Surroundings now) {
        return new UtilsDriver(now.guest(), now.bus(), now.offer(), now.rings(), () -> {});
    }
}
