package hv.fuzz.vmbus;

import hv.fuzz.target.Finding;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the guest knows, since it has posted it or was told: contact, channels, memory, open rings; and what it is owed.
 * The bus takes messages in their order, so what a message does is known when it is posted. One thread.
 */
final class GuestView {
    /** A channel that the guest was told of. */
    static final class Channel {
        final int number;
        final int connection;
        final boolean isEcho;
        boolean isRescinded;

        /** Whether the guest has let go of it, perhaps before it heard that it is to. */
        private boolean isReleased;

        /** Its rings while it is open, null otherwise. */
        GuestRing ring;

        /** OPENCHANNELs whose answers have not come. */
        private final List<Opening> openings = new ArrayList<>();

        private Channel(int number, int connection, boolean isEcho) {
            this.number = number;
            this.connection = connection;
            this.isEcho = isEcho;
        }
    }

    /** An OPENCHANNEL whose answer has not come. */
    private record Opening(int id, GuestRing ring, Owed.Answer answer) {}

    private static final int FIRST_GPADL = 0xE1E10;
    private static final int LEAST_SHAPED = 8;
    private static final int VMBUS_SLOT = 2;

    final Owed owed = new Owed();
    final Gpadls gpadls = new Gpadls(owed, StillGuest.PAGES);
    final Map<Integer, Channel> channels = new TreeMap<>();
    private final Map<Integer, Integer> leastBytes = new HashMap<>();
    private final int vps;
    private boolean isInContact;
    private boolean isOffering;
    private boolean isSure;
    private int version;
    private int slot = VMBUS_SLOT;

    GuestView(int vps) {
        this.vps = vps;
        int[][] least = {{3, 8}, {16, 8}, {7, 12}, {13, 12}, {9, 16}, {11, 16}, {22, 16}, {8, 20}, {14, 40}, {5, 148}};
        for (int[] pair : least) {
            leastBytes.put(pair[0], pair[1]);
        }
    }

    boolean isInContact() {
        return isInContact;
    }

    /** A GPADL's id, as Linux counts them. */
    static int gpadl(int number) {
        return FIRST_GPADL + number;
    }

    /** The machine was reset. */
    void reset() {
        forget();
        owed.clear();
        isSure = true;
    }

    private void forget() {
        channels.values().forEach(this::ended);
        channels.clear();
        gpadls.clear();
        isInContact = false;
        isOffering = false;
    }

    /** It is closed; who has not waited for the answer to an OPEN need not get one. */
    private void ended(Channel channel) {
        channel.ring = null;
        channel.openings.forEach(opening -> owed.release(opening.answer()));
        channel.openings.clear();
    }

    /**
     * The guest has posted a message, and it was taken.
     *
     * @param ring for an OPENCHANNEL, the rings over the memory that it names; null if they are not known
     */
    void posted(byte[] bytes, GuestRing ring) {
        ByteBuffer message = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int type = bytes.length < LEAST_SHAPED ? 0 : message.getInt(0);
        int least = leastBytes.getOrDefault(type, Integer.MAX_VALUE);
        if (bytes.length < least) {
            return;
        }
        if (type == 14) {
            contact(message);
        } else if (type == 16) {
            int to = isInContact ? slot : VMBUS_SLOT;
            forget();
            isSure = false;
            owed.due(to, 17, 0, 0);
        } else if (isInContact) {
            inContact(type, message, ring);
        }
    }

    private void contact(ByteBuffer message) {
        forget();
        owed.release();
        isSure = false;
        version = message.getInt(8);
        int vp = message.getInt(12);
        int sint = message.get(16) & 0xFF;
        boolean isTargeted = Integer.compareUnsigned(version, 0x3_0000) >= 0 && vp >= 0 && vp < vps;
        boolean hasSint = Integer.compareUnsigned(version, 0x5_0000) >= 0 && sint >= 1 && sint < 16;
        slot = (isTargeted ? vp : 0) << 4 | (hasSint ? sint : VMBUS_SLOT);
        isInContact = version == 0x2_0004
                || version == 0x3_0000
                || version == 0x4_0000
                || version == 0x4_0001
                || version >= 0x5_0000 && version <= 0x5_0003;
        owed.due(slot, 15, 8, isInContact ? 1 : 0);
    }

    private void inContact(int type, ByteBuffer message, GuestRing ring) {
        int first = message.limit() < 12 ? 0 : message.getInt(8);
        Channel channel = channels.get(first);
        boolean isThere = isSure && channel != null && !channel.isRescinded;
        switch (type) {
            case 3 -> {
                if (!isOffering) {
                    owed.due(slot, 4, 0, 0);
                    isOffering = true;
                }
            }
            case 5 -> {
                int id = message.getInt(12);
                Owed.Answer answer = isThere ? owed.late(slot, 6, 12, id) : owed.possible(slot, 6, 12, id);
                if (channel != null) {
                    channel.openings.add(new Opening(id, ring, answer));
                }
            }
            case 7 -> {
                if (channel != null) {
                    ended(channel);
                }
            }
            case 8 -> gpadls.header(message, slot, isThere);
            case 9 -> gpadls.body(message);
            case 11 -> {
                tearDown(first, message.getInt(12));
                owed.due(slot, 12, 8, message.getInt(12));
            }
            case 13 -> {
                if (channel != null) {
                    channel.isReleased = true;
                }
                if (channel != null && channel.isRescinded) {
                    channels.remove(first);
                    gpadls.removeOf(first);
                }
            }
            case 22 -> {
                if (version >= 0x5_0003) {
                    owed.due(slot, 24, 8, first);
                }
            }
            default -> {
                // No answer is due.
            }
        }
    }

    /** What uses the memory ends, or may end. */
    private void tearDown(int number, int id) {
        Channel channel = channels.get(number);
        if (gpadls.remove(number, id) && channel != null) {
            ended(channel);
        }
    }

    /** The host has said something. */
    void heard(int from, ByteBuffer message) {
        int type = message.getInt(0);
        boolean isCurrent = from == slot && isInContact;
        if (type == 1) {
            if (isCurrent) {
                offered(message);
            }
            return;
        }
        if (type == 2) {
            Channel channel = channels.get(message.getInt(8));
            if (isCurrent && channel != null) {
                ended(channel);
                channel.isRescinded = true;
            }
            return;
        }
        Owed.Answer given = owed.heard(from, message);
        if (type == 15 && from == slot) {
            // What came before is of an earlier contact.
            channels.values().forEach(this::ended);
            channels.clear();
        }
        if (type == 10) {
            gpadls.created(message, given);
        } else if (type == 6 && isCurrent) {
            opened(channels.get(message.getInt(8)), message.getInt(12), message.getInt(16));
        }
    }

    private void offered(ByteBuffer message) {
        int number = message.getInt(184);
        Channel before = channels.get(number);
        if (isSure && before != null && !before.isReleased) {
            throw new Finding("the number %d is given to a second channel".formatted(number));
        }
        boolean isEcho = message.getInt(8) == (int) (EchoDevice.KIND.getMostSignificantBits() >>> 32);
        channels.put(number, new Channel(number, message.getInt(192), isEcho));
    }

    private static void opened(Channel channel, int id, int status) {
        if (channel != null) {
            for (Opening opening : List.copyOf(channel.openings)) {
                if (opening.id() == id) {
                    channel.ring = status == 0 ? opening.ring() : channel.ring;
                    channel.openings.remove(opening);
                }
            }
        }
    }

    /** The host has nothing more to do, and the guest has heard everything: from now on it knows what it knows. */
    void settled() {
        owed.settled();
        isSure = true;
    }
}
