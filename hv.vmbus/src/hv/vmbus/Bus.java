package hv.vmbus;

import hv.api.GuestMemory;
import hv.api.synic.SynicPorts;
import hv.api.vmbus.ChannelState;
import hv.api.vmbus.PageList;
import hv.api.vmbus.VmbusDevice;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The bus itself, without its thread: takes what guests have posted and signalled, and calls devices. {@link #work}
 * does all that is to be done; everything else that is not said to be for any thread is called from there.
 */
final class Bus {
    /** Where guests of a protocol before 5.0 post, and all guests once they have made contact. */
    static final int MESSAGES = 1;

    /** Where guests of 5.0 and later make contact. */
    static final int CONTACT = 4;

    /** Well above all ids that mean something. */
    static final int FIRST_CHANNEL_CONNECTION = 0x2000;

    private static final System.Logger LOG = System.getLogger(Bus.class.getName());
    private static final int MOST_NUMBER = 2047;

    /** How much of what a guest has posted is answered before devices have their turn. */
    private static final int MESSAGES_AT_A_TIME = 64;

    private static final long RETRY_100NS = 100_000;

    private final SynicPorts ports;
    private final LongSupplier clock100ns;
    private final int vps;
    private final Runnable wake;
    private final Inbox inbox;
    private final Outbox outbox;
    private final Gpadls gpadls;
    private final Conversation conversation;
    private final List<Channel> channels = new CopyOnWriteArrayList<>();
    private final Channel[] byNumber = new Channel[MOST_NUMBER + 1];
    private final ReentrantLock wishesLock = new ReentrantLock();
    private final ArrayDeque<Runnable> wishes = new ArrayDeque<>();
    private volatile Contact contact;
    private volatile boolean isStuck;

    Bus(SynicPorts ports, GuestMemory memory, LongSupplier clock100ns, int vps, Runnable wake) {
        this.ports = ports;
        this.clock100ns = clock100ns;
        this.vps = vps;
        this.wake = wake;
        this.inbox = new Inbox(wake);
        this.outbox = new Outbox(ports, wake);
        this.gpadls = new Gpadls(memory);
        this.conversation = new Conversation(this, gpadls);
    }

    /** Begins to listen. Once. */
    void connect() {
        ports.connect(MESSAGES, inbox);
        ports.connect(CONTACT, inbox);
    }

    /** Ends everything: channels are closed, nobody listens. */
    void disconnect() {
        ports.disconnectMessages(MESSAGES);
        ports.disconnectMessages(CONTACT);
        disconnectGuest();
    }

    /** Has something done on the bus' thread. Any thread. */
    void ask(Runnable wish) {
        wishesLock.lock();
        try {
            wishes.add(wish);
        } finally {
            wishesLock.unlock();
        }
        wake.run();
    }

    /** Any thread. */
    void wake() {
        wake.run();
    }

    /**
     * Does what is to be done now.
     *
     * @return whether there may be more
     */
    boolean work() {
        boolean isMore = doWishes();
        for (int i = 0; i < MESSAGES_AT_A_TIME && !outbox.isFull(); i++) {
            ByteBuffer message = inbox.next();
            if (message == null) {
                break;
            }
            conversation.take(message);
            isMore = true;
        }
        isStuck = !outbox.send();
        long now = now100ns();
        for (Channel channel : channels) {
            if (channel.state() == ChannelState.State.OPEN && channel.takeWish(now)) {
                serve(channel);
                isMore = true;
            }
        }
        return isMore;
    }

    private boolean doWishes() {
        boolean isMore = false;
        while (true) {
            Runnable wish;
            wishesLock.lock();
            try {
                wish = wishes.poll();
            } finally {
                wishesLock.unlock();
            }
            if (wish == null) {
                return isMore;
            }
            wish.run();
            isMore = true;
        }
    }

    private void serve(Channel channel) {
        try {
            channel.device().woken();
        } catch (Throwable e) {
            failed(channel, e);
            return;
        }
        if (channel.becameFaulty()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "channel {0}: the guest has written into its ring what cannot be; it is not served any more",
                    channel.number());
        }
    }

    /** A device that fails loses its channel; nobody else does. */
    private void failed(Channel channel, Throwable failure) {
        LOG.log(System.Logger.Level.ERROR, "a device failed, and its channel is closed", failure);
        if (channel.isOpen()) {
            close(channel);
        }
    }

    /** When it wants to work though nobody wakes it; {@link Channel#NEVER} for never. */
    long due() {
        long due = isStuck ? now100ns() + RETRY_100NS : Channel.NEVER;
        for (Channel channel : channels) {
            due = Math.min(due, channel.due());
        }
        return due;
    }

    long now100ns() {
        return clock100ns.getAsLong();
    }

    int vps() {
        return vps;
    }

    int version() {
        Contact agreed = contact;
        return agreed == null ? 0 : agreed.version();
    }

    /** What has been agreed on; null without contact. */
    Contact contact() {
        return contact;
    }

    /** In any state: the guest begins anew. */
    void begin(Contact asked) {
        disconnectGuest();
        outbox.clear();
        contact = asked.isKnown() ? asked : null;
    }

    /** Says something to the guest that has made contact. */
    void say(byte[] message) {
        Contact agreed = contact;
        if (agreed != null) {
            say(agreed, message);
        }
    }

    void say(Contact to, byte[] message) {
        outbox.add(to.vp(), to.sint(), message);
    }

    /** The channel with this number; null if there is none. */
    Channel channel(int number) {
        return number < 1 || number > MOST_NUMBER ? null : byNumber[number];
    }

    List<Channel> channels() {
        return channels;
    }

    PageList pages(int channel, int gpadl) {
        return gpadls.pages(channel, gpadl);
    }

    void signal(int vp, int number) {
        ports.signalEvent(vp, Contact.VMBUS_SINT, number);
    }

    /** Tells the guest of a device. */
    void offer(Channel channel) {
        for (int number = 1; number <= MOST_NUMBER; number++) {
            if (byNumber[number] == null) {
                byNumber[number] = channel;
                channel.offered(number);
                say(Message.offer(channel.offer(), number, channel.connection()));
                return;
            }
        }
    }

    /** Opens a channel; false if that cannot be. */
    boolean open(Channel channel, int gpadl, int hostRing, int vp) {
        if (!channel.open(gpadls.pages(channel.number(), gpadl), hostRing, vp)) {
            return false;
        }
        ports.connect(channel.connection(), channel);
        try {
            channel.device().opened(channel);
        } catch (Throwable e) {
            failed(channel, e);
            return false;
        }
        return true;
    }

    /** Closes an open channel. */
    void close(Channel channel) {
        ports.disconnectEvents(channel.connection());
        channel.close();
        try {
            channel.device().closed();
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.ERROR, "a device failed while its channel was closed", e);
        }
    }

    /** Frees a number: the guest does not know it any more. */
    void release(Channel channel) {
        gpadls.removeAll(channel.number());
        byNumber[channel.number()] = null;
        channel.forgotten();
    }

    /** Takes a device away. */
    void rescind(Channel channel) {
        if (channel.isOpen()) {
            close(channel);
        }
        if (channel.number() == 0) {
            channels.remove(channel);
            return;
        }
        channel.rescinded();
        say(Message.words(Message.RESCIND_OFFER, channel.number()));
    }

    /** Forgets the guest: channels are closed, what it was told of is not known any more. Devices stay. */
    void disconnectGuest() {
        for (Channel channel : new ArrayList<>(channels)) {
            if (channel.isOpen()) {
                close(channel);
            }
            boolean isGone = channel.state() == ChannelState.State.RESCINDED;
            if (channel.number() != 0) {
                release(channel);
            }
            if (isGone) {
                channels.remove(channel);
            }
        }
        gpadls.clear();
        conversation.forget();
        contact = null;
    }

    /** The machine was reset. */
    void reset() {
        while (inbox.next() != null) {
            // What was posted before means nothing after.
        }
        disconnectGuest();
        outbox.reset();
    }

    /** A further device. */
    void add(VmbusDevice device) {
        Channel channel = new Channel(this, device);
        channels.add(channel);
        if (conversation.isOffering()) {
            conversation.offerNew();
        }
    }
}
