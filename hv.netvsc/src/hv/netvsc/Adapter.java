package hv.netvsc;

import hv.api.StateException;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a guest asks of its adapter and sets on it, by the numbers that NDIS gives to such things (OIDs). What is not
 * known is answered as not supported, which every driver takes. One thread, but for what is volatile.
 */
final class Adapter {
    static final int ETHERNET_HEAD_BYTES = 14;
    static final int USUAL_MTU = 1500;
    static final int LEAST_MTU = 68;
    static final int MOST_MTU = 65_521;

    // What the guest wants to have.
    private static final int FILTER_DIRECTED = 1;
    private static final int FILTER_MULTICAST = 2;
    private static final int FILTER_ALL_MULTICAST = 4;
    private static final int FILTER_BROADCAST = 8;
    private static final int FILTER_PROMISCUOUS = 0x20;

    private static final int LINK_SPEED_100BIT = 100_000_000;
    private static final int MOST_MULTICAST = 32;
    private static final int OFFLOAD_BYTES = 112;
    private static final int OFFLOAD_TYPE = 0xA7;

    /** With the head of Ethernet in front. */
    private static final int ENCAPSULATED = 2;

    /** Options of IP, and of TCP, TCP, UDP, and IP itself. */
    private static final int SUMS_IPV4 = 0x155;

    private static final int SUMS_IPV6 = 0x55;
    private static final int MOST_LARGE_BYTES = 62_780;
    private static final int LEAST_SEGMENTS = 2;
    private static final byte[] NOTHING = {};
    private static final long BROADCAST = 0xFFFF_FFFF_FFFFL;
    private static final long GROUP_BIT = 1L << 40;

    private final long ownMac;
    private final int mostMtu;
    private volatile long mac;
    private volatile int filter;
    private int mtu = USUAL_MTU;

    Adapter(long mac, int mostMtu) {
        this.ownMac = mac;
        this.mac = mac;
        this.mostMtu = mostMtu;
    }

    void reset() {
        mac = ownMac;
        filter = 0;
        mtu = Math.min(USUAL_MTU, mostMtu);
    }

    long mac() {
        return mac;
    }

    /** The longest packet in a frame. */
    int mtu() {
        return mtu;
    }

    /** The guest has said how long its frames get; what is no length changes nothing. */
    void frameBytes(int bytes) {
        int wanted = bytes - ETHERNET_HEAD_BYTES;
        if (wanted >= LEAST_MTU && wanted <= MOST_MTU) {
            mtu = wanted;
        }
    }

    /** Nothing is wanted any more. */
    void quiet() {
        filter = 0;
    }

    /** Whether the guest wants a frame to this address. */
    boolean wants(long destination) {
        int wanted = filter;
        if (wanted == 0 || (wanted & FILTER_PROMISCUOUS) != 0) {
            return wanted != 0;
        }
        if (destination == BROADCAST) {
            return (wanted & FILTER_BROADCAST) != 0;
        }
        // Which groups is the guest's own business: what it is sent too much, it passes over.
        return (destination & GROUP_BIT) == 0
                ? (wanted & FILTER_DIRECTED) != 0 && destination == mac
                : (wanted & (FILTER_MULTICAST | FILTER_ALL_MULTICAST)) != 0;
    }

    /**
     * What the guest is told.
     *
     * @param asked how many bytes it has sent along: so many fit its buffer, where the answer's length depends on it
     * @return empty if it is not known
     */
    Optional<byte[]> query(int oid, boolean isConnected, byte[] asked) {
        return switch (oid) {
            case 0x1_0101 -> Optional.of(words(0x1_0106, 0x1_0107, 0x1_010E, 0x1_0114, 0x101_0101, 0x101_0102));
            case 0x1_0102, 0x1_0103, 0x1_0104 -> Optional.of(words(0));
            case 0x1_0106 -> Optional.of(words(Math.min(mtu, mostMtu)));
            case 0x1_0107 -> Optional.of(words(LINK_SPEED_100BIT));
            case 0x1_010E -> Optional.of(words(filter));
            case 0x1_0111 -> Optional.of(words(Math.min(mtu, mostMtu) + ETHERNET_HEAD_BYTES));
            case 0x1_0114 -> Optional.of(words(isConnected ? 0 : 1));
            case 0x101_0101 -> Optional.of(bytes(ownMac));
            case 0x101_0102 -> Optional.of(bytes(mac));
            case 0x101_0103 -> Optional.of(NOTHING);
            case 0x101_0104 -> Optional.of(words(MOST_MULTICAST));
            case 0xFC01_020D -> offload(asked);
            default -> Optional.empty();
        };
    }

    /** What the guest may leave to its adapter: an object of a length that the guest has asked for. */
    private static Optional<byte[]> offload(byte[] asked) {
        int size = asked.length < Integer.BYTES
                ? OFFLOAD_BYTES
                : ByteBuffer.wrap(asked).order(ByteOrder.LITTLE_ENDIAN).getShort(2) & 0xFFFF;
        if (size < OFFLOAD_BYTES) {
            return Optional.empty();
        }
        ByteBuffer object = ByteBuffer.allocate(OFFLOAD_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        object.put((byte) OFFLOAD_TYPE).put((byte) 1).putShort((short) OFFLOAD_BYTES);
        object.putInt(4, ENCAPSULATED).putInt(8, SUMS_IPV4);
        object.putInt(20, ENCAPSULATED).putInt(24, SUMS_IPV6);
        object.putInt(80, ENCAPSULATED).putInt(84, MOST_LARGE_BYTES).putInt(88, LEAST_SEGMENTS);
        object.putInt(92, ENCAPSULATED)
                .putInt(96, MOST_LARGE_BYTES)
                .putInt(100, LEAST_SEGMENTS)
                .putInt(104, 5);
        return Optional.of(object.array());
    }

    private static byte[] words(int... values) {
        ByteBuffer all = ByteBuffer.allocate(Integer.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : values) {
            all.putInt(value);
        }
        return all.array();
    }

    private static byte[] bytes(long mac) {
        byte[] bytes = new byte[6];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (mac >>> 8 * (5 - i));
        }
        return bytes;
    }

    /** Sets something; gives RNDIS' status. */
    int set(int oid, byte[] value) {
        ByteBuffer words = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
        switch (oid) {
            case 0x1_010E -> {
                if (value.length < Integer.BYTES) {
                    return Rndis.STATUS_INVALID_DATA;
                }
                filter = words.getInt(0);
                return Rndis.STATUS_SUCCESS;
            }
            case 0x1_010F, 0x101_0103, 0xFC01_020C -> {
                // How much is looked at, which groups, what is left to do: nothing changes by it.
                return Rndis.STATUS_SUCCESS;
            }
            case 0x1_021B -> {
                return parameter(words);
            }
            default -> {
                return Rndis.STATUS_NOT_SUPPORTED;
            }
        }
    }

    /** A parameter with its name: the address is the one that is known. */
    private int parameter(ByteBuffer object) {
        if (object.capacity() < 5 * Integer.BYTES) {
            return Rndis.STATUS_INVALID_DATA;
        }
        String name = text(object, object.getInt(0), object.getInt(4));
        String value = text(object, object.getInt(12), object.getInt(16));
        if (!name.equals("NetworkAddress") || !value.matches("[0-9a-fA-F]{12}")) {
            return Rndis.STATUS_NOT_SUPPORTED;
        }
        long wanted = Long.parseLong(value, 16);
        if ((wanted & GROUP_BIT) != 0 || wanted == 0) {
            return Rndis.STATUS_INVALID_DATA;
        }
        mac = wanted;
        return Rndis.STATUS_SUCCESS;
    }

    private static String text(ByteBuffer from, int at, int length) {
        if (at < 0 || length < 0 || length > from.capacity() - at) {
            return "";
        }
        return new String(from.array(), at, length, StandardCharsets.UTF_16LE);
    }

    void save(StateWriter out) {
        out.put("mac", mac);
        out.put("filter", filter);
        out.put("mtu", mtu);
    }

    void restore(StateReader in) throws StateException {
        long savedMac = in.get("mac");
        long savedMtu = in.get("mtu");
        long savedFilter = in.get("filter");
        if (savedMac >>> 48 != 0
                || (savedMac & GROUP_BIT) != 0
                || savedMtu < LEAST_MTU
                || savedMtu > MOST_MTU
                || savedFilter != (int) savedFilter) {
            throw new StateException("mac is 0x%x, mtu %d and filter 0x%x".formatted(savedMac, savedMtu, savedFilter));
        }
        mac = savedMac;
        mtu = (int) savedMtu;
        filter = (int) savedFilter;
    }
}
