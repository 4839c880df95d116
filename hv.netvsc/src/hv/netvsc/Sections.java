package hv.netvsc;

import hv.api.StateException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Who has which section of the receive buffer. A packet gives the guest a chain of sections, and its completion, which
 * carries the number of the first of them, gives them back: what the guest says about others is not believed. One
 * thread.
 */
final class Sections {
    /** Sections that no frame takes: for answers, which the guest waits for. */
    static final int KEPT = 16;

    static final int MOST = 16_384;
    private static final int FREE = -3;
    private static final int TAKEN = -2;
    private static final int END = -1;

    /** Of each section the next one in its chain, or one of the above. */
    private final int[] next;

    private final boolean[] isFirst;
    private final int[] stack;
    private int free;

    Sections(int count) {
        next = new int[count];
        isFirst = new boolean[count];
        stack = new int[count];
        for (int i = count - 1; i >= 0; i--) {
            next[i] = FREE;
            stack[free++] = i;
        }
    }

    int count() {
        return next.length;
    }

    int free() {
        return free;
    }

    /** One for a frame, -1 if there is none. */
    int takeForFrame() {
        return hasForFrame() ? take() : -1;
    }

    boolean hasForFrame() {
        return free > Math.min(KEPT, next.length / 2);
    }

    /** One for an answer, -1 if there is none. */
    int take() {
        if (free == 0) {
            return -1;
        }
        int section = stack[--free];
        next[section] = TAKEN;
        return section;
    }

    /** One that was taken is not needed. */
    void putBack(int section) {
        next[section] = FREE;
        stack[free++] = section;
    }

    /** The guest gets sections that were taken; gives the transaction by which it gives them back. */
    long give(int[] sections, int count) {
        for (int i = 0; i < count; i++) {
            next[sections[i]] = i + 1 < count ? sections[i + 1] : END;
        }
        isFirst[sections[0]] = true;
        return sections[0] + 1L;
    }

    /** Whether the guest had those and has given them back; all else is its mistake. */
    boolean giveBack(long transaction) {
        long index = transaction - 1;
        if (index < 0 || index >= next.length || !isFirst[(int) index]) {
            return false;
        }
        int section = (int) index;
        isFirst[section] = false;
        while (section != END) {
            int after = next[section];
            putBack(section);
            section = after;
        }
        return true;
    }

    /** What the guest has: chains, each as its length and its sections. */
    byte[] saved() {
        ByteBuffer bytes = ByteBuffer.allocate(2 * Short.BYTES * next.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < next.length; i++) {
            if (isFirst[i]) {
                int at = bytes.position();
                bytes.putShort((short) 0);
                short length = 0;
                for (int section = i; section != END; section = next[section]) {
                    bytes.putShort((short) section);
                    length++;
                }
                bytes.putShort(at, length);
            }
        }
        byte[] some = new byte[bytes.position()];
        bytes.get(0, some);
        return some;
    }

    /** Those of a saved state. */
    static Sections restored(int count, byte[] saved) throws StateException {
        if (count < 1 || count > MOST) {
            throw new StateException("there are %d sections".formatted(count));
        }
        Sections sections = new Sections(count);
        ByteBuffer bytes = ByteBuffer.wrap(saved).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.remaining() >= 2 * Short.BYTES) {
            int length = bytes.getShort() & 0xFFFF;
            if (length == 0 || length > bytes.remaining() / Short.BYTES) {
                throw new StateException("a packet has %d sections".formatted(length));
            }
            int[] chain = new int[length];
            for (int i = 0; i < length; i++) {
                chain[i] = bytes.getShort() & 0xFFFF;
                if (chain[i] >= count || sections.next[chain[i]] != FREE) {
                    throw new StateException("section %d is not there, or twice".formatted(chain[i]));
                }
                sections.next[chain[i]] = TAKEN;
            }
            sections.give(chain, length);
        }
        if (bytes.hasRemaining()) {
            throw new StateException("%d bytes are left".formatted(bytes.remaining()));
        }
        sections.free = 0;
        for (int i = count - 1; i >= 0; i--) {
            if (sections.next[i] == FREE) {
                sections.stack[sections.free++] = i;
            }
        }
        return sections;
    }
}
