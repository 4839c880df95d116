package hv.netvsc;

import java.nio.ByteBuffer;

/**
 * A frame that the guest sends, and what it leaves to its adapter: checksums, a tag for a virtual network, and the
 * division of a large segment of TCP. What of the frame has to be read and put right for that, its heads, is copied and
 * checked; the rest stays in the guest's RAM. Used again for the next one. One thread.
 */
final class Frame {
    /** Ethernet with a tag, and the longest heads of IP and TCP. */
    static final int MOST_HEAD_BYTES = 18 + 60 + 60;

    static final int CHECKSUM_TCP = 4;
    static final int CHECKSUM_UDP = 8;
    static final int CHECKSUM_IP = 0x10;

    /** Smaller segments are not made: each costs its heads. */
    static final int LEAST_SEGMENT = 64;

    /** The longest packet that IP has. */
    private static final int MOST_PACKET_BYTES = 65_535;

    private static final int MACS_BYTES = 12;
    private static final int TAG_BYTES = 4;
    private static final int TYPE_TAG = 0x8100;
    private static final int TYPE_IPV4 = 0x0800;
    private static final int TYPE_IPV6 = 0x86DD;
    private static final int IPV4_BYTES = 20;
    private static final int IPV6_BYTES = 40;
    private static final int TCP_BYTES = 20;
    private static final int UDP_BYTES = 8;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int TCP_CHECKSUM_AT = 16;
    private static final int UDP_CHECKSUM_AT = 6;

    private final ByteBuffer head = ByteBuffer.allocate(MOST_HEAD_BYTES + TAG_BYTES);
    private Pieces packet;
    private int restAt;
    private int restBytes;
    private int headBytes;
    private int networkAt;
    private int transportAt;
    private int transportBytes;
    private boolean isIpv4;
    private boolean isTcp;
    private boolean isSummed;
    private int segmentBytes;

    /** A frame as it is. */
    void plain(Pieces in, int at, int length) {
        packet = in;
        restAt = at;
        restBytes = length;
        headBytes = 0;
        isSummed = false;
        segmentBytes = 0;
    }

    /** Puts a tag into the frame; before {@link #offload}. */
    void tag(int tag) {
        packet.read(restAt, head.array(), 0, MACS_BYTES);
        head.putShort(MACS_BYTES, (short) TYPE_TAG).putShort(MACS_BYTES + 2, (short) tag);
        headBytes = MACS_BYTES + TAG_BYTES;
        restAt += MACS_BYTES;
        restBytes -= MACS_BYTES;
    }

    /**
     * Prepares what the guest leaves to do: its heads are complete then, but for the checksum of TCP or UDP, in whose
     * place is the sum of what is not in the packet (the pseudo header).
     *
     * @param checksum the guest's word: which sums, and where TCP or UDP begins
     * @param segment how many bytes a segment of TCP is to have; 0 if there is only one
     * @return false if the frame is not what the guest says
     */
    boolean offload(int checksum, int segment) {
        int known = Math.min(restBytes, MOST_HEAD_BYTES + TAG_BYTES - headBytes);
        packet.read(restAt, head.array(), headBytes, known);
        int total = headBytes + restBytes;
        int room = headBytes + known;
        if (!network(room) || !transport(checksum, segment, room, total)) {
            return false;
        }
        int taken = headBytes;
        headBytes = isSummed ? transportAt + transportHeadBytes() : transportAt;
        if (headBytes > room) {
            return false;
        }
        restAt += headBytes - taken;
        restBytes -= headBytes - taken;
        segmentBytes = segment;
        if (segment != 0) {
            length(total - networkAt);
        }
        if (isIpv4 && (segment != 0 || (checksum & CHECKSUM_IP) != 0)) {
            sumNetwork();
        }
        if (isSummed) {
            head.putShort(checksumAt(), (short) Checksums.fold(pseudoSum(transportBytes)));
        }
        return true;
    }

    private boolean network(int room) {
        networkAt = MACS_BYTES + 2;
        int type = head.getShort(MACS_BYTES) & 0xFFFF;
        if (type == TYPE_TAG) {
            networkAt += TAG_BYTES;
            type = head.getShort(MACS_BYTES + TAG_BYTES) & 0xFFFF;
        }
        isIpv4 = type == TYPE_IPV4;
        return (isIpv4 || type == TYPE_IPV6) && networkAt + (isIpv4 ? IPV4_BYTES : IPV6_BYTES) <= room;
    }

    private boolean transport(int checksum, int segment, int room, int total) {
        isTcp = segment != 0 || (checksum & CHECKSUM_TCP) != 0;
        isSummed = isTcp || (checksum & CHECKSUM_UDP) != 0;
        int networkBytes;
        if (isIpv4) {
            int bytes = (head.get(networkAt) & 0xF) * Integer.BYTES;
            transportAt = networkAt + bytes;
            networkBytes = bytes < IPV4_BYTES ? -1 : head.getShort(networkAt + 2) & 0xFFFF;
        } else {
            // Behind what IPv6 may have between: the guest says where.
            int tagged = headBytes == 0 ? 0 : TAG_BYTES;
            transportAt = isSummed ? (checksum >>> 16 & 0x3FF) + tagged : networkAt + IPV6_BYTES;
            networkBytes = IPV6_BYTES + (head.getShort(networkAt + 4) & 0xFFFF);
        }
        if (segment != 0) {
            networkBytes = total - networkAt;
        }
        transportBytes = networkAt + networkBytes - transportAt;
        int least = isTcp ? TCP_BYTES : isSummed ? UDP_BYTES : 0;
        return networkBytes >= 0
                && networkBytes <= MOST_PACKET_BYTES
                && networkAt + networkBytes <= total
                && transportAt >= networkAt + (isIpv4 ? IPV4_BYTES : IPV6_BYTES)
                && transportAt + least <= room
                && transportBytes >= least
                && (!isTcp || transportHeadBytes() >= TCP_BYTES && transportBytes >= transportHeadBytes());
    }

    private int transportHeadBytes() {
        return isTcp ? (head.get(transportAt + 12) >>> 4 & 0xF) * Integer.BYTES : UDP_BYTES;
    }

    private int checksumAt() {
        return transportAt + checksumOffset();
    }

    /** Sets the packet's length in its head. */
    private void length(int bytes) {
        if (isIpv4) {
            head.putShort(networkAt + 2, (short) bytes);
        } else {
            head.putShort(networkAt + 4, (short) (bytes - IPV6_BYTES));
        }
    }

    private void sumNetwork() {
        head.putShort(networkAt + 10, (short) 0);
        head.putShort(networkAt + 10, Checksums.complement(Checksums.sum(head, networkAt, transportAt - networkAt)));
    }

    /** What TCP and UDP sum beside themselves. */
    long pseudoSum(int transportLength) {
        long addresses = isIpv4
                ? Checksums.sum(head, networkAt + 12, 2 * Integer.BYTES)
                : Checksums.sum(head, networkAt + 8, 4 * Long.BYTES);
        return addresses + (isTcp ? TCP : UDP) + transportLength;
    }

    /** What is in front of the rest: 0 to {@link #headBytes} bytes, the highest byte first. */
    ByteBuffer head() {
        return head;
    }

    int headBytes() {
        return headBytes;
    }

    /** Where the rest is. */
    Pieces packet() {
        return packet;
    }

    int restAt() {
        return restAt;
    }

    int restBytes() {
        return restBytes;
    }

    int bytes() {
        return headBytes + restBytes;
    }

    /** Whether the sum of TCP or UDP is left to do. */
    boolean isSummed() {
        return isSummed;
    }

    boolean isTcp() {
        return isTcp;
    }

    boolean isIpv4() {
        return isIpv4;
    }

    int networkAt() {
        return networkAt;
    }

    int transportAt() {
        return transportAt;
    }

    /** How many bytes TCP or UDP has with its head. */
    int transportBytes() {
        return transportBytes;
    }

    /** Where in the head of TCP or UDP its sum is. */
    int checksumOffset() {
        return isTcp ? TCP_CHECKSUM_AT : UDP_CHECKSUM_AT;
    }

    /** How many bytes each segment is to have; 0 if there is nothing to divide. */
    int segmentBytes() {
        return segmentBytes;
    }

    /** Makes the heads those of one segment; each is made of the one before. */
    void segment(int bytes, int number, int sequence, int flags) {
        length(headBytes - networkAt + bytes);
        if (isIpv4) {
            if (number > 0) {
                head.putShort(networkAt + 4, (short) (head.getShort(networkAt + 4) + 1));
            }
            sumNetwork();
        }
        head.putInt(transportAt + 4, sequence).put(transportAt + 13, (byte) flags);
        transportBytes = headBytes - transportAt + bytes;
        head.putShort(checksumAt(), (short) Checksums.fold(pseudoSum(transportBytes)));
    }
}
