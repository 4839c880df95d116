package hv.netvsc;

import hv.netvsc.abi.Tap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.LongPredicate;

/**
 * Frames to and from a TAP device. The kernel takes them out of the guest's pages and puts them there; sums and the
 * division of large segments are left to it, told in virtio's head in front of each frame.
 */
final class TapLink implements FrameLink {
    static final String TAP = "tap";
    private static final int FLAG_NEEDS_SUM = 1;
    private static final int TYPE_TCP_IPV4 = 1;
    private static final int TYPE_TCP_IPV6 = 4;
    private static final int INTERFACE_UP = 1;
    private static final Path INTERFACES = Path.of("/sys/class/net");

    private final Tap tap;

    /** Virtio's head, and the frame's heads; or a whole frame, where the guest's RAM cannot be had. */
    private final ByteBuffer own =
            ByteBuffer.allocateDirect(Tap.HEAD_BYTES + Pieces.MOST_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    private final long ownAddress = Tap.address(own);
    private final byte[] destination = new byte[Long.BYTES];

    private TapLink(Tap tap) {
        this.tap = tap;
        tap.keep(own);
    }

    /** Opens the device of an interface that is there and up. */
    static TapLink open(String name) throws IOException {
        Path entry = INTERFACES.resolve(name);
        if (!Files.exists(entry)) {
            throw new IOException("there is no such interface; make it: ip tuntap add dev %s mode tap user %s"
                    .formatted(name, System.getProperty("user.name")));
        }
        int flags = Integer.decode(Files.readString(entry.resolve("flags")).trim());
        if ((flags & INTERFACE_UP) == 0) {
            throw new IOException("the interface is down; set it up: ip link set %s up".formatted(name));
        }
        return new TapLink(Tap.open(name));
    }

    /** Goes on with what {@link #handOver} gave. */
    static TapLink of(int descriptor) throws IOException {
        return new TapLink(Tap.of(descriptor));
    }

    @Override
    public Map<String, Object> handOver() {
        return Map.of(TAP, tap.descriptor());
    }

    @Override
    public boolean hasRoom() {
        return true;
    }

    @Override
    public boolean isBehind() {
        return false;
    }

    @Override
    public void send(Frame frame) throws IOException {
        own.clear();
        boolean isLarge = frame.segmentBytes() != 0 && frame.segmentBytes() < frame.restBytes();
        int type = !isLarge ? 0 : frame.isIpv4() ? TYPE_TCP_IPV4 : TYPE_TCP_IPV6;
        own.put(0, (byte) (frame.isSummed() ? FLAG_NEEDS_SUM : 0)).put(1, (byte) type);
        own.putShort(2, (short) (isLarge ? frame.headBytes() : 0));
        own.putShort(4, (short) (isLarge ? frame.segmentBytes() : 0));
        own.putShort(6, (short) (frame.isSummed() ? frame.transportAt() : 0));
        own.putShort(8, (short) (frame.isSummed() ? frame.checksumOffset() : 0));
        own.position(Tap.HEAD_BYTES).put(frame.head().array(), 0, frame.headBytes());
        tap.clear();
        if (!frame.packet().addTo(tap, ownAddress, own.position(), frame.restAt(), frame.restBytes())) {
            frame.packet().read(frame.restAt(), frame.restBytes(), own);
            tap.clear();
            tap.add(ownAddress, own.position());
        }
        // A queue that is full drops a frame, as a wire does.
        tap.write();
    }

    @Override
    public void flush() {
        // All has been sent.
    }

    @Override
    public int receive(Pieces into, LongPredicate wants) throws IOException {
        tap.clear();
        boolean isDirect = into.addTo(tap, ownAddress, Tap.HEAD_BYTES, 0, into.bytes());
        if (isDirect) {
            // What is longer than there is room for.
            tap.add(ownAddress + Tap.HEAD_BYTES, 1);
        } else {
            tap.clear();
            tap.add(ownAddress, own.capacity());
        }
        int got = tap.read();
        if (got < 0) {
            return NOTHING;
        }
        int length = got - Tap.HEAD_BYTES;
        if (length < Adapter.ETHERNET_HEAD_BYTES || length > into.bytes()) {
            return PASSED_OVER;
        }
        if (!isDirect) {
            into.write(own, Tap.HEAD_BYTES, length);
        }
        into.read(0, destination, 0, destination.length);
        long mac = ByteBuffer.wrap(destination).getLong() >>> Short.SIZE;
        return wants.test(mac) ? length : PASSED_OVER;
    }

    @Override
    public void await(boolean wantsFrames, boolean wantsRoom) throws IOException {
        tap.await(wantsFrames, wantsRoom);
    }

    @Override
    public void wake() {
        tap.wake();
    }

    @Override
    public void close() {
        tap.close();
    }

    @Override
    public void leave() {
        tap.leave();
    }
}
