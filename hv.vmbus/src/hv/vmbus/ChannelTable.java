package hv.vmbus;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The channels of a bus, in the order in which their devices came, and those that have a number (relid). Changed with
 * the bus' lock held; {@link #all} is for any thread.
 */
final class ChannelTable {
    static final int MOST_NUMBER = 2047;

    private final List<Channel> all = new CopyOnWriteArrayList<>();
    private final Channel[] byNumber = new Channel[MOST_NUMBER + 1];

    List<Channel> all() {
        return all;
    }

    void add(Channel channel) {
        all.add(channel);
    }

    void remove(Channel channel) {
        all.remove(channel);
    }

    /** The channel with this number; null if there is none. */
    Channel numbered(int number) {
        return number < 1 || number > MOST_NUMBER ? null : byNumber[number];
    }

    /** The lowest number that no channel has; 0 if there is none. */
    int free() {
        for (int number = 1; number <= MOST_NUMBER; number++) {
            if (byNumber[number] == null) {
                return number;
            }
        }
        return 0;
    }

    /** A channel has this number from now on. */
    void number(int number, Channel channel) {
        byNumber[number] = channel;
    }

    /** Nobody has this number any more. */
    void free(int number) {
        byNumber[number] = null;
    }
}
