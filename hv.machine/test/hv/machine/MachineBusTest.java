package hv.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.SavedState;
import hv.api.StateException;
import hv.api.device.Devices;
import hv.api.machine.StateSections;
import hv.testkit.StubPartition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The VMBus of a machine goes on and stands still with the machine")
class MachineBusTest {
    private static final BusSpec PULSE =
            new BusSpec(List.of(new DeviceSpec("heartbeat", "pulse", Map.of("period", "2s"))));

    private final FakeDevices devices = new FakeDevices();
    private int closed;
    private int resumed;

    private MachineBus open(BusSpec spec, Devices source) {
        StubPartition partition = new StubPartition() {
            @Override
            public void close() {
                closed++;
            }
        };
        return MachineBus.open(Optional.ofNullable(spec), Optional.ofNullable(source), partition, null, 2);
    }

    private MachineBus open() {
        MachineBus bus = open(PULSE, devices.source());
        devices.calls.clear();
        return bus;
    }

    @Test
    @DisplayName("It is opened with its devices, and does nothing before the machine goes on")
    void opened() {
        open(PULSE, devices.source());
        assertEquals(List.of("open 2", "pause", "add heartbeat pulse {period=2s}"), devices.calls);
    }

    @Test
    @DisplayName("What cannot be had is refused in one line, and nothing is left open")
    void refused() {
        assertEquals(
                "this guest is to have a VMBus, and nothing that runs has one: deploy hv.devices and hv.vmbus",
                assertThrows(IllegalArgumentException.class, () -> open(PULSE, null))
                        .getMessage());
        assertEquals(1, closed);
        BusSpec floppy = new BusSpec(List.of(DeviceSpec.of("floppy")));
        assertThrows(IllegalArgumentException.class, () -> open(floppy, devices.source()));
        assertEquals(2, closed);
        assertEquals("close", devices.calls.get(devices.calls.size() - 1));
    }

    @Test
    @DisplayName(
            "A reset closes everything before RAM goes; the bus goes on with the loaded guest, unless it is paused")
    void reset() {
        MachineBus bus = open();
        bus.resume();
        bus.beginReset();
        bus.endReset();
        assertEquals(List.of("resume", "pause", "reset", "resume"), devices.calls);
        devices.calls.clear();
        bus.pause(() -> {});
        bus.beginReset();
        bus.endReset();
        assertEquals(List.of("pause", "pause", "reset"), devices.calls);
    }

    @Test
    @DisplayName(
            "Who lets the machine go on in the middle of a reset does not let the bus go on before the guest is loaded")
    void resumedWithinReset() {
        MachineBus bus = open();
        bus.beginReset();
        devices.calls.clear();
        bus.resume();
        assertEquals(List.of(), devices.calls);
        bus.endReset();
        assertEquals(List.of("resume"), devices.calls);
    }

    @Test
    @DisplayName("A device that does not come to rest: what ran goes on, what stood still stays so")
    void restless() {
        MachineBus bus = open();
        bus.resume();
        devices.atPause = () -> {
            throw new IllegalStateException("a device does not come back");
        };
        devices.calls.clear();
        assertThrows(IllegalStateException.class, () -> bus.pause(() -> resumed++));
        assertEquals(List.of("pause", "resume"), devices.calls);
        assertEquals(1, resumed);
        devices.calls.clear();
        assertThrows(IllegalStateException.class, bus::beginReset);
        assertEquals(List.of("pause", "resume"), devices.calls);
        devices.atPause = () -> {};
        bus.pause(() -> resumed++);
        devices.atPause = () -> {
            throw new IllegalStateException("again");
        };
        devices.calls.clear();
        assertThrows(IllegalStateException.class, () -> bus.pause(() -> resumed++));
        assertEquals(List.of("pause"), devices.calls);
        assertEquals(1, resumed);
    }

    @Test
    @DisplayName("A state with a bus is for a machine with one, and one without for a machine without")
    void states() throws Exception {
        devices.number = 7;
        MachineBus bus = open();
        SavedState saved = new SavedState(bus.save());
        devices.number = 0;
        StateSections sections = new StateSections(saved);
        Runnable change = bus.read(sections);
        sections.end();
        assertEquals(0, devices.number);
        change.run();
        assertEquals(7, devices.number);
        MachineBus none = open(null, null);
        assertEquals(List.of(), none.save());
        none.read(new StateSections(new SavedState(List.of()))).run();
        assertTrue(refusal(none, saved).startsWith("section vmbus: the guest was saved with a VMBus"));
        assertTrue(refusal(bus, new SavedState(List.of())).startsWith("this machine has a VMBus"));
    }

    private static String refusal(MachineBus bus, SavedState saved) {
        return assertThrows(StateException.class, () -> bus.read(new StateSections(saved)))
                .getMessage();
    }
}
