package hv.storvsc;

import hv.api.device.Devices;
import hv.testkit.DeviceDeployment;
import hv.testkit.DiskDriver;
import hv.testkit.GuestDriver;
import hv.testkit.VmbusDeviceContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;

/** Linux: drivers/scsi/storvsc_drv.c. */
@DisplayName("The contract of devices: storvsc")
class StorvscContractTest extends VmbusDeviceContract {
    @TempDir
    static Path folder;

    @Override
    protected String kind() {
        return "storvsc";
    }

    @Override
    protected Map<String, String> options() {
        try {
            Path image = folder.resolve("disk.img");
            Files.write(image, new byte[1 << 20]);
            return Map.of("disks", image.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected Devices service() {
        return DeviceDeployment.with(new StorvscKind(), "hv.storvsc");
    }

    @Override
    protected GuestDriver driver(Surroundings now) {
        return new DiskDriver(now.bus(), now.rings(), 0x80);
    }
}
