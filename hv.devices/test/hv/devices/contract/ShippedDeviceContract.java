package hv.devices.contract;

import hv.api.device.Devices;
import hv.devices.StandaloneDevices;
import hv.testkit.VmbusDeviceContract;

/** The contract for a device that is beside this test on the class path. */
abstract class ShippedDeviceContract extends VmbusDeviceContract {
    private final String kind;

    ShippedDeviceContract(String kind) {
        this.kind = kind;
    }

    @Override
    protected final String kind() {
        return kind;
    }

    @Override
    protected final Devices service() {
        return new StandaloneDevices();
    }
}
