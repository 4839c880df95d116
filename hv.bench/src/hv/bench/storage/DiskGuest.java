package hv.bench.storage;

import hv.api.GuestMemory;
import hv.api.vmbus.PageList;
import hv.api.vmbus.RingReader;
import hv.api.vmbus.RingWriter;
import hv.api.vmbus.VmbusChannel;
import hv.api.vmbus.VmbusDevice;
import hv.hosted.BufferMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.stream.LongStream;

/**
 * A guest with one channel to a disk and no bus: its packets are made beforehand, so that what is measured is the
 * device. The thread that plays the guest calls the device too, as a worker of the bus would. One thread, but for what
 * a channel lets any thread do.
 */
final class DiskGuest implements VmbusChannel {
    private static final int RING_PAGES = 32;
    private static final int RING_BYTES = (RING_PAGES - 1) * GuestMemory.PAGE_BYTES;
    private static final long RING_DATA = GuestMemory.PAGE_BYTES;
    private static final long ANSWERS = (long) RING_PAGES * GuestMemory.PAGE_BYTES;
    private static final int DATA_PAGE = 0x100;
    private static final int SRB_BYTES = 64;
    private static final int ANSWER_BYTES = 16 + SRB_BYTES + 8;
    private static final int STATUS_IN_ANSWER = 16 + 14;
    private static final int READ_10 = 0x28;

    private final GuestMemory memory;
    private final VmbusDevice device;
    private final RingReader in;
    private final RingWriter out;
    private final Semaphore wishes = new Semaphore(0);
    private final byte[] packet;
    private final int bytes;
    private int write;
    private int read;

    /** @param bytes that each request reads, a multiple of 4096 */
    DiskGuest(VmbusDevice device, int bytes, long memoryBytes) {
        this.memory = new BufferMemory(memoryBytes);
        this.device = device;
        this.bytes = bytes;
        PageList all = PageList.of(
                memory, LongStream.range(0, 2L * RING_PAGES).toArray(), 0, 2L * RING_PAGES * GuestMemory.PAGE_BYTES);
        in = new RingReader(all.slice(0, RING_PAGES));
        out = new RingWriter(all.slice(RING_PAGES, RING_PAGES));
        packet = packet();
        device.opened(this);
    }

    /** Every other page of memory, so that nothing is in one piece. */
    private byte[] packet() {
        int pages = bytes / GuestMemory.PAGE_BYTES;
        int header = 32 + Long.BYTES * pages;
        ByteBuffer made = ByteBuffer.allocate(header + SRB_BYTES + Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        made.putShort((short) 9).putShort((short) (header / 8)).putShort((short) ((header + SRB_BYTES) / 8));
        made.putShort((short) 1).putLong(1).putInt(0).putInt(1).putInt(bytes).putInt(0);
        for (int i = 0; i < pages; i++) {
            made.putLong(DATA_PAGE + 2L * i);
        }
        made.putInt(header, 3)
                .put(header + 20, (byte) 10)
                .put(header + 22, (byte) 1)
                .putInt(header + 24, bytes);
        made.put(header + 28, (byte) READ_10);
        made.putShort(header + 35, Short.reverseBytes((short) (bytes / 512)));
        return made.array();
    }

    /** Puts a read into the ring; false if there is no room. Shown with {@link #serve}. */
    boolean ask(long position) {
        int next = (write + packet.length) % RING_BYTES;
        int consumed = memory.getIntAcquire(4);
        int free = write >= consumed ? RING_BYTES - (write - consumed) : consumed - write;
        if (free <= packet.length) {
            return false;
        }
        int block = (int) (position / 512);
        int at = packet.length - Long.BYTES - SRB_BYTES + 30;
        packet[at] = (byte) (block >> 24);
        packet[at + 1] = (byte) (block >> 16);
        packet[at + 2] = (byte) (block >> 8);
        packet[at + 3] = (byte) block;
        int first = Math.min(packet.length, RING_BYTES - write);
        memory.write(RING_DATA + write, packet, 0, first);
        if (first < packet.length) {
            memory.write(RING_DATA, packet, first, packet.length - first);
        }
        write = next;
        return true;
    }

    /** Shows the device what was asked, and has it served; waits if nothing is answered at once. */
    void serve() throws InterruptedException {
        memory.putIntRelease(0, write);
        device.woken();
        while (memory.getIntAcquire(ANSWERS) == read) {
            wishes.acquire();
            device.woken();
        }
    }

    /** Takes all answers; how many there were. */
    int answers() {
        int end = memory.getIntAcquire(ANSWERS);
        int count = 0;
        while (read != end) {
            // The word with SRB status and SCSI status may be behind the end of the ring.
            int at = (read + STATUS_IN_ANSWER) % RING_BYTES;
            int status =
                    memory.getInt(ANSWERS + RING_DATA + at - at % Integer.BYTES) >>> Byte.SIZE * (at % Integer.BYTES);
            if ((status & 0xFFFF) != 1) {
                throw new IllegalStateException("a read failed with status 0x%x".formatted(status & 0xFFFF));
            }
            read = (read + ANSWER_BYTES) % RING_BYTES;
            count++;
        }
        memory.putIntRelease(ANSWERS + Integer.BYTES, read);
        return count;
    }

    @Override
    public RingReader in() {
        return in;
    }

    @Override
    public RingWriter out() {
        return out;
    }

    @Override
    public void signal() {
        // The guest looks by itself.
    }

    @Override
    public void wake() {
        wishes.release();
    }

    @Override
    public void wakeAt(long referenceTime100ns) {
        // Nothing takes so long here.
    }

    @Override
    public long referenceTime100ns() {
        return 0;
    }

    @Override
    public Optional<PageList> memory(int gpadl) {
        return Optional.empty();
    }

    @Override
    public GuestMemory ram() {
        return memory;
    }

    @Override
    public int version() {
        return 0x5_0003;
    }
}
