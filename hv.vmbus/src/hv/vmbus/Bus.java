package hv.vmbus;

import hv.api.GuestMemory;
import hv.api.synic.SynicPorts;
import hv.api.vmbus.ChannelOffer;
import hv.api.vmbus.VmbusDevice;
import hv.vmbus.Channel.Phase;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The bus itself: takes what guests have posted, in its order, on one worker at a time, and nothing while it is paused.
 * Everything that is not said to be for any thread is called with {@link #lock} held.
 */
final class Bus implements Carrier {
    /** Where guests of a protocol before 5.0 post, and all guests once they have made contact. */
    static final int MESSAGES = 1;

    /** Where guests of 5.0 and later make contact. */
    static final int CONTACT = 4;

    /** How much of what a guest has posted is answered before others have their turn. */
    private static final int MESSAGES_AT_A_TIME = 64;

    private static final long RETRY_100NS = 100_000;

    private final SynicPorts ports;
    private final LongSupplier clock100ns;
    private final int vps;
    private final Workers workers;
    private final ReentrantLock lock = new ReentrantLock();
    private final Strand strand;
    private final Inbox inbox;
    private final Outbox outbox;
    private final Gpadls gpadls;
    private final Conversation conversation;
    private final Closings closings;
    private final Openings openings;
    private final LookAgain again;
    private final Wishes wishes = new Wishes();
    private final ChannelTable channels = new ChannelTable();
    private final BrokenRings brokenRings = new BrokenRings();

    /** The guest's message that waits for channels to be closed; null if none does. */
    private ByteBuffer held;

    private volatile Contact contact;
    private volatile boolean isPaused = true;

    Bus(SynicPorts ports, GuestMemory memory, LongSupplier clock100ns, int vps, Workers workers) {
        this.ports = ports;
        this.clock100ns = clock100ns;
        this.vps = vps;
        this.workers = workers;
        this.strand = new Strand(workers, this::work);
        this.inbox = new Inbox(this::poke);
        this.outbox = new Outbox(ports, this::poke);
        this.gpadls = new Gpadls(memory);
        this.conversation = new Conversation(this, gpadls);
        this.again = new LookAgain(workers, strand::poke);
        this.openings = new Openings(this::now100ns);
        this.closings = new Closings(this::now100ns, this::ignore, conversation::refused);
    }

    ReentrantLock lock() {
        return lock;
    }

    /** Begins to listen. Once. */
    void connect() {
        ports.connect(MESSAGES, inbox);
        ports.connect(CONTACT, inbox);
    }

    /** Ends listening, also to signals. */
    void disconnect() {
        ports.disconnectMessages(MESSAGES);
        ports.disconnectMessages(CONTACT);
        channels().stream().filter(Channel::isOpen).forEach(channel -> ports.disconnectEvents(channel.connection()));
    }

    @Override
    public void poke() {
        strand.poke();
    }

    @Override
    public boolean isPaused() {
        return isPaused;
    }

    /** Any thread. */
    void paused(boolean now) {
        isPaused = now;
    }

    /** Has something done under the lock, again and again until it says that it is done. Any thread. */
    void ask(Wishes.Wish wish) {
        wishes.add(wish);
        poke();
    }

    private void work() {
        lock.lock();
        try {
            wishes.grant();
            if (!isPaused && !readMessages()) {
                poke();
            }
            openings.late().forEach(conversation::giveUp);
            lookAgain();
        } finally {
            lock.unlock();
        }
    }

    /** While a guest waits for a device there is a timer; one, whatever the guest does. */
    private void lookAgain() {
        if (openings.areThere() || closings.areThere()) {
            again.arm();
        }
    }

    /** The guest waits until the device has opened this channel. */
    void opening(Channel channel) {
        listen(channel);
        openings.begin(channel);
        channel.service().poke();
        lookAgain();
    }

    /** Does what was asked for and has not been done yet. */
    void grantWishes() {
        wishes.grant();
    }

    /** Answers; false if there is more to do at once. */
    private boolean readMessages() {
        boolean isDone = false;
        for (int i = 0; i < MESSAGES_AT_A_TIME && !isDone; i++) {
            if (held == null && !outbox.isFull()) {
                held = inbox.next();
            }
            // What has to wait for a device is tried again when that is ready.
            isDone = held == null || !closings.areDone(conversation.closedBy(held));
            if (!isDone) {
                ByteBuffer message = held;
                held = null;
                conversation.take(message);
            }
        }
        if (!outbox.send()) {
            workers.later(RETRY_100NS, strand::poke);
        }
        return isDone;
    }

    @Override
    public long now100ns() {
        return clock100ns.getAsLong();
    }

    int vps() {
        return vps;
    }

    @Override
    public int version() {
        Contact agreed = contact;
        return agreed == null ? 0 : agreed.version();
    }

    /** What has been agreed on; null without contact. */
    Contact contact() {
        return contact;
    }

    void contact(Contact agreed) {
        contact = agreed;
    }

    Conversation conversation() {
        return conversation;
    }

    @Override
    public Gpadls gpadls() {
        return gpadls;
    }

    Inbox inbox() {
        return inbox;
    }

    Outbox outbox() {
        return outbox;
    }

    /** The message that has been taken and not been answered; null if there is none. */
    ByteBuffer held() {
        return held;
    }

    Closings closings() {
        return closings;
    }

    /** In any state, with all channels closed: the guest begins anew. */
    void begin(Contact asked) {
        forgetGuest();
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
        return channels.numbered(number);
    }

    /** Any thread. */
    List<Channel> channels() {
        return channels.all();
    }

    @Override
    public void signal(int vp, int number) {
        ports.signalEvent(vp, Contact.VMBUS_SINT, number);
    }

    /** Tells the guest of a device. */
    void offer(Channel channel) {
        int number = channels.free();
        if (number != 0) {
            channels.number(number, channel);
            channel.offered(number);
            say(Message.offer(channel.offer(), number, channel.connection()));
        }
    }

    ChannelTable table() {
        return channels;
    }

    /** The guest's signals reach a channel from now on. */
    void listen(Channel channel) {
        ports.connect(channel.connection(), channel);
    }

    /** The guest's signals do not reach a channel any more. */
    void ignore(Channel channel) {
        ports.disconnectEvents(channel.connection());
    }

    @Override
    public void opened(int number, Opening opening, boolean isOpened) {
        ask(() -> {
            Channel channel = channel(number);
            boolean isToClose = !isOpened && channel != null && channel.opening() == opening;
            if (isToClose && !closings.areDone(List.of(channel))) {
                return false;
            }
            conversation.opened(number, opening.id(), isOpened);
            return true;
        });
    }

    @Override
    public void ringBroken(int number) {
        brokenRings.add(number);
    }

    @Override
    public void closeSoon(int number) {
        ask(() -> {
            Channel channel = channel(number);
            return channel == null || closings.areDone(List.of(channel));
        });
    }

    /** Frees a number: the guest does not know it any more. */
    void release(Channel channel) {
        gpadls.removeAll(channel.number());
        channels.free(channel.number());
        channel.forgotten();
    }

    /** Takes a device away; false if that has to be tried again. */
    boolean rescind(Channel channel) {
        channel.leaving();
        if (!closings.areDone(List.of(channel))) {
            return false;
        }
        if (channel.number() == 0) {
            channels.remove(channel);
        } else {
            channel.rescinded();
            say(Message.words(Message.RESCIND_OFFER, channel.number()));
        }
        return true;
    }

    /** With all channels closed: what the guest was told of is not known any more. Devices stay. */
    void forgetGuest() {
        for (Channel channel : List.copyOf(channels())) {
            boolean isGone = channel.phase() == Phase.RESCINDED;
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

    /** The machine was reset, and all channels are closed. */
    void reset() {
        held = null;
        inbox.clear();
        forgetGuest();
        outbox.reset();
    }

    /** A further device. */
    void add(VmbusDevice device, ChannelOffer offer) {
        channels.add(new Channel(this, device, offer, workers));
        if (conversation.isOffering()) {
            conversation.offerNew();
        }
    }

    /** A device that is gone, whose number the guest still holds. */
    Channel addGone(VmbusDevice gone, ChannelOffer offer) {
        Channel channel = new Channel(this, gone, offer, workers);
        channels.add(channel);
        return channel;
    }
}
