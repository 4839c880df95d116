package hv.devices.contract;

import hv.api.device.Devices;
import hv.devices.StandaloneDevices;
import hv.testkit.GuestDriver;
import hv.testkit.UtilsDriver;
import hv.testkit.VmbusDeviceContract;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The contract of devices: timesync")
class TimeSyncContractTest extends VmbusDeviceContract {
    @Override
    protected String kind() {
        return "timesync";
    }

    @Override
    protected Devices service() {
        return new StandaloneDevices();
    }

    @Override
    protected GuestDriver driver(Surroundings now) {
        return new UtilsDriver(now.guest(), now.bus(), now.offer(), now.rings(), () -> {});
    }
}
