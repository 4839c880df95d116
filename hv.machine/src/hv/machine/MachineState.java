package hv.machine;

import hv.api.SavedState;
import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.api.machine.SectionReader;
import hv.api.machine.StateSections;
import hv.machine.device.SavedDevice;
import hv.machine.device.SynicTestDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is saved of a machine besides its VM: how large it is, and its devices. While every VP is stopped. */
final class MachineState {
    private static final String ID = "machine";
    private static final int VERSION = 1;
    private static final String VPS = "vps";
    private static final String MEMORY_BYTES = "memoryBytes";

    private final int vps;
    private final long memoryBytes;
    private final List<SavedDevice> devices;

    MachineState(int vps, long memoryBytes, List<SavedDevice> devices) {
        this.vps = vps;
        this.memoryBytes = memoryBytes;
        this.devices = List.copyOf(devices);
    }

    void reset() {
        devices.forEach(SavedDevice::reset);
    }

    /** {@code vm} with the machine's own sections in front, and those of its VMBus behind. */
    SavedState with(SavedState vm, List<Section> bus) {
        List<Section> sections = new ArrayList<>();
        sections.add(new Section(
                ID, SavedState.PARTITION, VERSION, Map.of(VPS, (long) vps, MEMORY_BYTES, memoryBytes), Map.of()));
        devices.forEach(device -> sections.add(device.section()));
        sections.addAll(vm.sections());
        sections.addAll(bus);
        return new SavedState(sections);
    }

    /**
     * Takes the machine's own sections and changes nothing yet.
     *
     * @return puts the devices' states in place; cannot fail
     */
    Runnable read(StateSections saved) throws StateException {
        SectionReader size = saved.take(ID, SavedState.PARTITION, VERSION);
        same(size, VPS, vps);
        same(size, MEMORY_BYTES, memoryBytes);
        size.end();
        List<Runnable> changes = new ArrayList<>();
        for (SavedDevice device : devices) {
            changes.add(read(saved, device));
        }
        readTestDevice(saved);
        return () -> changes.forEach(Runnable::run);
    }

    private static Runnable read(StateSections saved, SavedDevice device) throws StateException {
        Optional<Runnable> without = device.withoutSection();
        if (without.isPresent() && !saved.has(device.id(), SavedState.PARTITION)) {
            return without.get();
        }
        SectionReader section = saved.take(device.id(), SavedState.PARTITION, device.version());
        Runnable change = device.read(section);
        section.end();
        return change;
    }

    /** Machines had the test device always before it had to be asked for. */
    private static void readTestDevice(StateSections saved) throws StateException {
        if (saved.has(SynicTestDevice.ID, SavedState.PARTITION)) {
            SectionReader section = saved.take(SynicTestDevice.ID, SavedState.PARTITION, 1);
            SynicTestDevice.readUnused(section);
            section.end();
        }
    }

    private static void same(SectionReader saved, String name, long own) throws StateException {
        long value = saved.value(name);
        if (value != own) {
            throw saved.bad("%s is %d, and %d on this machine".formatted(name, value, own));
        }
    }
}
