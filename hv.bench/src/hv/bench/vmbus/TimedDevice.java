package hv.bench.vmbus;

import hv.api.vmbus.ChannelOffer;
import hv.api.vmbus.PageList;
import hv.api.vmbus.VmbusChannel;
import hv.api.vmbus.VmbusDevice;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A device whose guest leaves the reference time in its memory before it signals: notes how long each signal took. What
 * it has noted is for who has seen the guest's end.
 */
final class TimedDevice implements VmbusDevice {
    private static final UUID KIND = new UUID(0x6876_6265_6E63_6800L, 2);
    private static final int MOST_PACKET_BYTES = 256;

    /** As in {@code signals.guest}. */
    private static final int GPADL = 0x11;

    private static final int TIME_AT = 0x1800;

    private final long[] took100ns;
    private final byte[] word = new byte[Long.BYTES];
    private VmbusChannel channel;
    private PageList memory;
    private long last;
    private final AtomicInteger count = new AtomicInteger();

    /** @param most how many it notes */
    TimedDevice(int most) {
        took100ns = new long[most];
    }

    @Override
    public ChannelOffer offer() {
        return new ChannelOffer(KIND, new UUID(0, 1), ChannelOffer.INTERFACE, 0, MOST_PACKET_BYTES);
    }

    @Override
    public void opened(VmbusChannel open) {
        channel = open;
        memory = open.memory(GPADL).orElseThrow();
    }

    /** Two wakes may be for one signal; one of them for none. */
    @Override
    public void woken() {
        long now = channel.referenceTime100ns();
        memory.read(TIME_AT, word, 0, word.length);
        long signalled = ByteBuffer.wrap(word).order(ByteOrder.LITTLE_ENDIAN).getLong();
        int next = count.get();
        if (signalled != last && next < took100ns.length) {
            last = signalled;
            took100ns[next] = now - signalled;
            count.set(next + 1);
        }
    }

    @Override
    public void closed() {
        // What it has noted stays.
    }

    /** In order of length, without the first fifth, in which code was compiled. */
    long[] sorted100ns() {
        int noted = count.get();
        long[] sorted = Arrays.copyOfRange(took100ns, noted / 5, noted);
        Arrays.sort(sorted);
        return sorted;
    }
}
