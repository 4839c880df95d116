package hv.vmbus;

import hv.api.GuestMemory;
import hv.api.HvStatus;
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
 * A device on the bus, and the channel that the guest may open to it. Changed under the bus' lock; the device is called
 * by its {@link Service}. Signals and wakes, which any thread may give, leave one bit, however many there are.
 */
final class Channel implements VmbusChannel, EventReceiver {
    /** No alarm. */
    static final long NEVER = Long.MAX_VALUE;

    /** Connections of channels begin above all ids that mean something. */
    private static final int FIRST_CONNECTION = 0x2000;

    /** What the guest names instead of a VP when it wants no interrupts. */
    private static final int NO_VP = -1;

    /** Where it is. */
    enum Phase {
        UNOFFERED(ChannelState.State.UNOFFERED),
        CLOSED(ChannelState.State.CLOSED),
        /** The guest waits until the device has opened. */
        OPENING(ChannelState.State.CLOSED),
        OPEN(ChannelState.State.OPEN),
        FAULTY(ChannelState.State.FAULTY),
        RESCINDED(ChannelState.State.RESCINDED);

        private final ChannelState.State shown;

        Phase(ChannelState.State shown) {
            this.shown = shown;
        }
    }

    private final Carrier bus;
    private final VmbusDevice device;
    private final ChannelOffer offer;
    private final Service service;
    private final AtomicBoolean isWanted = new AtomicBoolean();
    private final AtomicLong signals = new AtomicLong();

    // Read by whoever asks for the states.
    private volatile int number;
    private volatile Phase phase = Phase.UNOFFERED;
    private volatile int vp;
    private volatile Opening opening;
    private volatile long due = NEVER;
    private volatile RingReader in;
    private volatile RingWriter out;
    private volatile boolean isLeaving;

    Channel(Carrier bus, VmbusDevice device, ChannelOffer offer, Workers workers) {
        this.bus = bus;
        this.device = device;
        this.offer = offer;
        this.service = new Service(bus, this, workers);
    }

    VmbusDevice device() {
        return device;
    }

    ChannelOffer offer() {
        return offer;
    }

    Service service() {
        return service;
    }

    /** The relid; 0 if it has none. */
    int number() {
        return number;
    }

    /** The id by which the guest signals. */
    int connection() {
        return FIRST_CONNECTION + number;
    }

    Phase phase() {
        return phase;
    }

    ChannelState.State state() {
        return phase.shown;
    }

    ChannelState snapshot() {
        return new ChannelState(offer, number, phase.shown, vp, signals.get());
    }

    /** The guest is about to be told of it. */
    void offered(int relid) {
        number = relid;
        phase = Phase.CLOSED;
        vp = 0;
    }

    /** The guest does not know it any more. */
    void forgotten() {
        number = 0;
        phase = Phase.UNOFFERED;
    }

    void rescinded() {
        phase = Phase.RESCINDED;
    }

    /** Its device is being taken away; that may take until the device has closed it. */
    void leaving() {
        isLeaving = true;
    }

    boolean isLeaving() {
        return isLeaving;
    }

    /** As it was saved. */
    void restored(int relid, Phase saved, int targetVp, Opening how) {
        number = relid;
        phase = saved;
        vp = targetVp;
        opening = how;
        due = NEVER;
    }

    /** Whether its device has it, or is getting it. */
    boolean isOpen() {
        return phase == Phase.OPEN || phase == Phase.FAULTY || phase == Phase.OPENING;
    }

    /** How the guest has opened it; null while it is closed. */
    Opening opening() {
        return opening;
    }

    int vp() {
        return vp;
    }

    /** The guest wants to open it. */
    void opening(Opening how, int targetVp) {
        opening = how;
        vp = targetVp;
        due = NEVER;
        phase = Phase.OPENING;
    }

    /** Lays the rings over the guest's pages, which are a ring's; continues where the indices are. */
    void layRings() {
        PageList pages = opening.pages();
        in = new RingReader(pages.slice(0, opening.hostRing()));
        out = new RingWriter(pages.slice(opening.hostRing(), pages.pages() - opening.hostRing()));
    }

    /** The device has it; false if the guest has been told meanwhile that it is not open. */
    synchronized boolean opened() {
        if (phase != Phase.OPENING) {
            return false;
        }
        isWanted.set(true);
        phase = in.isFaulty() || out.isFaulty() ? Phase.FAULTY : Phase.OPEN;
        return true;
    }

    /** Nobody waits for the device any more; false if it has opened in time. */
    synchronized boolean giveUp() {
        if (phase != Phase.OPENING) {
            return false;
        }
        close();
        return true;
    }

    /** It is not served any more. */
    void faulty() {
        phase = Phase.FAULTY;
    }

    /** The rings are the guest's again. */
    synchronized void close() {
        in = null;
        out = null;
        due = NEVER;
        opening = null;
        phase = Phase.CLOSED;
    }

    void retarget(int targetVp) {
        vp = targetVp;
    }

    /** Whether its device is to be called; asked once for all wishes until now. */
    boolean takeWish() {
        boolean isDue = due <= bus.now100ns();
        if (isDue) {
            due = NEVER;
        }
        return isWanted.getAndSet(false) | isDue;
    }

    /** Whoever wakes it from now on is heard. */
    void forgetWish() {
        isWanted.set(false);
    }

    /** Whether the guest has just been found to have written what cannot be. */
    boolean hasBrokenRing() {
        return phase == Phase.OPEN && (in.isFaulty() || out.isFaulty());
    }

    /** When its device wants to be called; {@link #NEVER} without such a wish. */
    long due100ns() {
        return due;
    }

    /** On a VP's thread. */
    @Override
    public int signalled(int connectionId) {
        signals.incrementAndGet();
        wake();
        return HvStatus.SUCCESS;
    }

    @Override
    public void wake() {
        if (!isWanted.getAndSet(true)) {
            service.poke();
        }
    }

    /** As {@link #wake}, though it may be wanted already and nobody has come. */
    void serveAgain() {
        isWanted.set(true);
        service.poke();
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
        int target = vp;
        if (target != NO_VP && number != 0) {
            bus.signal(target, number);
        }
    }

    @Override
    public void wakeAt(long referenceTime100ns) {
        due = referenceTime100ns;
        if (referenceTime100ns != NEVER) {
            service.pokeAt(referenceTime100ns);
        }
    }

    @Override
    public long referenceTime100ns() {
        return bus.now100ns();
    }

    @Override
    public Optional<PageList> memory(int gpadl) {
        return Optional.ofNullable(bus.gpadls().pages(number, gpadl));
    }

    @Override
    public GuestMemory ram() {
        return bus.gpadls().memory();
    }

    @Override
    public int version() {
        return bus.version();
    }
}
