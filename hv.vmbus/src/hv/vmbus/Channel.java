package hv.vmbus;

import hv.api.synic.EventReceiver;
import hv.api.vmbus.ChannelOffer;
import hv.api.vmbus.ChannelState;
import hv.api.vmbus.PageList;
import hv.api.vmbus.RingReader;
import hv.api.vmbus.RingWriter;
import hv.api.vmbus.VmbusChannel;
import hv.api.vmbus.VmbusDevice;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A device on the bus, and the channel that the guest may open to it. Used by the bus' thread, but for signals and
 * wakes, which any thread may give: they leave one bit, however many there are.
 */
final class Channel implements VmbusChannel, EventReceiver {
    /** No alarm. */
    static final long NEVER = Long.MAX_VALUE;

    /** What the guest names instead of a VP when it wants no interrupts. */
    private static final int NO_VP = -1;

    private final Bus bus;
    private final VmbusDevice device;
    private final ChannelOffer offer;
    private final AtomicBoolean isWanted = new AtomicBoolean();
    private final AtomicLong signals = new AtomicLong();

    // Read by whoever asks for the states.
    private volatile int number;
    private volatile ChannelState.State state = ChannelState.State.UNOFFERED;
    private volatile int vp;
    private RingReader in;
    private RingWriter out;
    private volatile long due = NEVER;

    Channel(Bus bus, VmbusDevice device) {
        this.bus = bus;
        this.device = device;
        this.offer = device.offer();
    }

    VmbusDevice device() {
        return device;
    }

    ChannelOffer offer() {
        return offer;
    }

    /** The relid; 0 if it has none. */
    int number() {
        return number;
    }

    /** The id by which the guest signals. */
    int connection() {
        return Bus.FIRST_CHANNEL_CONNECTION + number;
    }

    ChannelState.State state() {
        return state;
    }

    ChannelState snapshot() {
        return new ChannelState(offer, number, state, vp, signals.get());
    }

    /** The guest is about to be told of it. */
    void offered(int relid) {
        number = relid;
        state = ChannelState.State.CLOSED;
        vp = 0;
    }

    /** The guest does not know it any more. */
    void forgotten() {
        number = 0;
        state = ChannelState.State.UNOFFERED;
    }

    void rescinded() {
        state = ChannelState.State.RESCINDED;
    }

    boolean isOpen() {
        return state == ChannelState.State.OPEN || state == ChannelState.State.FAULTY;
    }

    /**
     * Lays the rings over the guest's pages.
     *
     * @param hostRing the page at which the ring begins that the host writes
     * @return false if they do not fit there
     */
    boolean open(PageList pages, int hostRing, int targetVp) {
        boolean isRing = pages != null && pages.isWhole() && hostRing >= 2 && hostRing <= pages.pages() - 2;
        if (!isRing) {
            return false;
        }
        in = new RingReader(pages.slice(0, hostRing));
        out = new RingWriter(pages.slice(hostRing, pages.pages() - hostRing));
        vp = targetVp;
        due = NEVER;
        isWanted.set(true);
        state = in.isFaulty() || out.isFaulty() ? ChannelState.State.FAULTY : ChannelState.State.OPEN;
        return true;
    }

    /** The rings are the guest's again. */
    void close() {
        in = null;
        out = null;
        due = NEVER;
        state = ChannelState.State.CLOSED;
    }

    void retarget(int targetVp) {
        vp = targetVp;
    }

    /** Whether its device is to be called; asked once for all wishes until now. */
    boolean takeWish(long now) {
        boolean isDue = due <= now;
        if (isDue) {
            due = NEVER;
        }
        return isWanted.getAndSet(false) | isDue;
    }

    /** When its device wants to be called; {@link #NEVER} without such a wish. */
    long due() {
        return due;
    }

    /** A ring that is faulty is not served any more; says whether that has just been found. */
    boolean becameFaulty() {
        if (state == ChannelState.State.OPEN && (in.isFaulty() || out.isFaulty())) {
            state = ChannelState.State.FAULTY;
            return true;
        }
        return false;
    }

    /** On a VP's thread. */
    @Override
    public int signalled(int connectionId) {
        signals.incrementAndGet();
        wake();
        return hv.api.HvStatus.SUCCESS;
    }

    @Override
    public void wake() {
        if (!isWanted.getAndSet(true)) {
            bus.wake();
        }
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
        if (vp != NO_VP) {
            bus.signal(vp, number);
        }
    }

    @Override
    public void wakeAt(long referenceTime100ns) {
        due = referenceTime100ns;
    }

    @Override
    public long referenceTime100ns() {
        return bus.now100ns();
    }

    @Override
    public Optional<PageList> memory(int gpadl) {
        return Optional.ofNullable(bus.pages(number, gpadl));
    }

    @Override
    public int version() {
        return bus.version();
    }
}
