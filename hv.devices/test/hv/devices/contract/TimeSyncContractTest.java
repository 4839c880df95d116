package hv.devices.contract;

import hv.testkit.GuestDriver;
import hv.testkit.UtilsDriver;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The contract of devices: timesync")
class TimeSyncContractTest extends ShippedDeviceContract {
    TimeSyncContractTest() {
        super("timesync");
    }

    @Override
    protected GuestDriver driver(Surroundings now) {
        return new UtilsDriver(now.guest(), now.bus(), now.offer(), now.rings(), () -> {});
    }
}
