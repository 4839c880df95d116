package hv.launcher.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.api.GuestMemory;
import hv.api.device.Devices;
import hv.api.device.GuestDevices;
import hv.api.dto.DeviceKindDTO;
import hv.api.host.GuestPartition;
import hv.launcher.options.RunOptions;
import hv.machine.BusSpec;
import hv.machine.DeviceSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What is on the VMBus that a command line asks for")
class BusWishTest {
    /** Knows its kinds and nothing else. */
    private record Kinds(List<DeviceKindDTO> kinds) implements Devices {
        static Optional<Devices> of(String... ids) {
            return Optional.of(new Kinds(Stream.of(ids)
                    .map(id -> new DeviceKindDTO(id, id, "test", Map.of()))
                    .toList()));
        }

        @Override
        public GuestDevices open(GuestPartition partition, GuestMemory memory, int vps) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<GuestDevices> all() {
            return List.of();
        }

        @Override
        public boolean settle(Duration limit) {
            return true;
        }
    }

    private static Optional<List<DeviceSpec>> devices(Optional<Devices> deployed, String... words) {
        return BusWish.of(RunOptions.parse(words), deployed).map(BusSpec::devices);
    }

    @Test
    @DisplayName("Nothing, if it is not asked for")
    void none() {
        assertEquals(Optional.empty(), devices(Kinds.of("heartbeat")));
        assertEquals(Optional.empty(), devices(Kinds.of("heartbeat"), "--device", "hyperv-testdev"));
    }

    @Test
    @DisplayName("With --vmbus all services that are deployed, and nothing that is no service")
    void services() {
        assertEquals(
                Optional.of(List.of(DeviceSpec.of("heartbeat"), DeviceSpec.of("timesync"))),
                devices(Kinds.of("timesync", "disk", "heartbeat"), "--vmbus"));
        assertEquals(Optional.of(List.of()), devices(Optional.empty(), "--vmbus"));
    }

    @Test
    @DisplayName("With --device that device, deployed or not; a service that is asked for so is there once")
    void asked() {
        assertEquals(Optional.of(List.of(DeviceSpec.of("disk"))), devices(Kinds.of("heartbeat"), "--device", "disk"));
        DeviceSpec pulse = new DeviceSpec("heartbeat", "pulse", Map.of("period", "1s"));
        assertEquals(
                Optional.of(List.of(pulse, DeviceSpec.of("shutdown"))),
                devices(Kinds.of("heartbeat", "shutdown"), "--vmbus", "--device", "heartbeat,name=pulse,period=1s"));
    }
}
