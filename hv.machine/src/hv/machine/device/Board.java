package hv.machine.device;

import hv.api.machine.IoBus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The port bus: finds the device of a port by bisection over ranges that do not overlap. Ports and addresses without a
 * device read as all ones, and writes to them are ignored, as on a PC. Immutable; any thread.
 */
public final class Board implements IoBus {
    private final int[] first;
    private final PortDevice[] devices;

    /** @throws IllegalArgumentException if two devices overlap */
    public Board(List<PortDevice> parts) {
        List<PortDevice> sorted = new ArrayList<>(parts);
        sorted.sort(Comparator.comparingInt(PortDevice::first));
        devices = sorted.toArray(PortDevice[]::new);
        first = sorted.stream().mapToInt(PortDevice::first).toArray();
        for (int i = 1; i < devices.length; i++) {
            if (first[i] < first[i - 1] + devices[i - 1].count()) {
                throw new IllegalArgumentException("two devices at port 0x%x".formatted(first[i]));
            }
        }
    }

    /** The device of {@code port}, or null. */
    private PortDevice at(int port) {
        int found = java.util.Arrays.binarySearch(first, port);
        int index = found >= 0 ? found : -found - 2;
        return index >= 0 && port < first[index] + devices[index].count() ? devices[index] : null;
    }

    @Override
    public int in(int port, int bytes) {
        PortDevice device = at(port);
        return device == null ? -1 : device.in(port - device.first(), bytes);
    }

    @Override
    public void out(int port, int bytes, int value) {
        PortDevice device = at(port);
        if (device != null) {
            device.out(port - device.first(), bytes, value);
        }
    }
}
