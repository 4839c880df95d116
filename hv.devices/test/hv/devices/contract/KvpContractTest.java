package hv.devices.contract;

import hv.api.device.Devices;
import hv.devices.StandaloneDevices;
import hv.testkit.GuestDriver;
import hv.testkit.UtilsDriver;
import hv.testkit.VmbusDeviceContract;
import org.junit.jupiter.api.DisplayName;

/** The guest is asked for pair after pair, and never says that there are no more. */
@DisplayName("The contract of devices: pairs")
class KvpContractTest extends VmbusDeviceContract {
    @Override
    protected String kind() {
        return "kvp";
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
