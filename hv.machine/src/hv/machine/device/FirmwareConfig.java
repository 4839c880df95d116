package hv.machine.device;

import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.api.machine.SectionReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * QEMU's fw_cfg, port interface only: a 16-bit key is written to 0x510, then the item is read byte by byte from 0x511,
 * little-endian; behind its end, and for unknown keys, it reads 0. Guests learn from it how many processors there are
 * to wait for.
 */
public final class FirmwareConfig implements PortDevice, SavedDevice {
    static final int PORT = 0x510;

    private static final int SIGNATURE = 0x00;
    private static final int INTERFACE_VERSION = 0x01;
    private static final int RAM_SIZE = 0x03;
    private static final int NB_CPUS = 0x05;
    private static final int MAX_CPUS = 0x0F;
    private static final byte[] NOTHING = {};

    private final Map<Integer, byte[]> items;
    private int key = SIGNATURE;
    private int next;

    public FirmwareConfig(int vps, long memoryBytes) {
        items = Map.of(
                SIGNATURE, "QEMU".getBytes(StandardCharsets.US_ASCII),
                INTERFACE_VERSION, little(4).putInt(1).array(),
                RAM_SIZE, little(8).putLong(memoryBytes).array(),
                NB_CPUS, little(2).putShort((short) vps).array(),
                MAX_CPUS, little(2).putShort((short) vps).array());
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public int first() {
        return PORT;
    }

    @Override
    public int count() {
        return 2;
    }

    @Override
    public synchronized int in(int offset, int bytes) {
        if (offset != 1) {
            return 0;
        }
        byte[] selected = item(key);
        return next < selected.length ? Byte.toUnsignedInt(selected[next++]) : 0;
    }

    private byte[] item(int selector) {
        return items.getOrDefault(selector, NOTHING);
    }

    @Override
    public synchronized void out(int offset, int bytes, int value) {
        if (offset == 0 && bytes == 2) {
            select(value, 0);
        }
    }

    private synchronized void select(int selector, int offset) {
        key = selector;
        next = offset;
    }

    @Override
    public void reset() {
        select(SIGNATURE, 0);
    }

    @Override
    public String id() {
        return "fwcfg";
    }

    @Override
    public synchronized Section section() {
        return section(Map.of("key", (long) key, "offset", (long) next));
    }

    @Override
    public Runnable read(SectionReader saved) throws StateException {
        int selector = saved.value("key", 0, 0xFFFF);
        int offset = saved.value("offset", 0, item(selector).length);
        return () -> select(selector, offset);
    }
}
