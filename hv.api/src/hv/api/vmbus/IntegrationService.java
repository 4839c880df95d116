package hv.api.vmbus;

import hv.api.StateException;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What the small services have in common that a guest's hv_utils driver answers (heartbeat, shutdown, time, pairs,
 * freeze): each is a pipe for messages with a head of 28 bytes, on which host and guest first agree on versions, and
 * then the host asks and the guest answers in the same buffer, one request at a time.
 *
 * <p>Implemented by a service's bundle. Every method is called on the thread that serves the channel. A guest that
 * never answers is not waited for: {@link #isReady} and {@link #isAsking} tell.
 *
 * <p>A successor, or the same guest in another process, goes on where this has stopped: with the versions that were
 * agreed on, the request whose answer is owed, and the one that found no room. {@link #ready} is called then as after
 * a negotiation.
 */
public abstract class IntegrationService implements VmbusDevice {
    private static final List<Integer> FRAMEWORKS = List.of(0x1_0000, 0x3_0000);
    private static final int MOST_TRANSACTION = 0xFF;
    private static final byte[] NOTHING = {};

    /** A guest that writes without an end does not keep the thread from others. */
    private static final int PACKETS_AT_A_TIME = 64;

    private final ChannelOffer offer;
    private final int type;
    private final int bodyBytes;
    private final int longest;
    private final List<Integer> versions;
    private final RingPacket packet;
    private VmbusChannel channel;
    private int framework;
    private int version;
    private int transaction;
    private boolean isAsking;

    /** A message that has found no room; empty if there is none. */
    private byte[] unsent = NOTHING;

    /**
     * One service of one guest.
     *
     * @param kind by which the guest finds its driver
     * @param instance which one it is
     * @param type its number in messages
     * @param bodyBytes of its longest request: the guest answers with as many bytes as it got
     * @param versions of its messages, major in the upper 16 bits; at most 16
     */
    protected IntegrationService(UUID kind, UUID instance, int type, int bodyBytes, List<Integer> versions) {
        this.type = type;
        this.bodyBytes = bodyBytes;
        this.versions = List.copyOf(versions);
        this.longest = ServiceMessage.HEAD_BYTES
                + Math.max(bodyBytes, ServiceMessage.questionBytes(FRAMEWORKS.size() + versions.size()));
        this.packet = new RingPacket(RingPacket.HEAD_BYTES + longest + Long.BYTES);
        this.offer = ChannelOffer.ofService(kind, instance, packet.bytes.length);
    }

    /**
     * The guest speaks version {@code spoken} of the service. It may be asked, unless {@link #isAsking}: then it owes
     * the answer to what another one of this service has asked. {@link #due} follows.
     */
    protected abstract void ready(int spoken);

    /**
     * The guest has answered.
     *
     * @param status what it says about it; 0 is success
     * @param answer the body as it came back, unchecked; valid during the call
     */
    protected abstract void answered(int status, ByteBuffer answer);

    /** The time of {@link #wakeAt} has come, or somebody has woken the channel. */
    protected abstract void due();

    /** The channel is closed. */
    protected abstract void ended();

    /** Writes what the service adds to what every one saves. Names do not begin with {@code ic.}. */
    protected void saveService(StateWriter out) {}

    /**
     * Takes what {@link #saveService} gave; {@link #isAsking} tells whether an answer is owed. Times are not saved:
     * {@link #ready} begins them anew.
     *
     * @throws StateException if a value is missing, unknown or out of range
     */
    protected void restoreService(StateReader in) throws StateException {}

    @Override
    public final ChannelOffer offer() {
        return offer;
    }

    @Override
    public final void opened(VmbusChannel open) {
        channel = open;
        negotiate();
    }

    /** Goes on with the versions that were agreed on, if they were. */
    @Override
    public final void resumed(VmbusChannel open) {
        channel = open;
        if (isReady()) {
            ready(version);
        } else if (!isAsking) {
            negotiate();
        }
    }

    private void negotiate() {
        version = 0;
        framework = 0;
        send(ServiceMessage.NEGOTIATE, ServiceMessage.question(FRAMEWORKS, versions));
    }

    /**
     * Forgets what was asked, and asks anew which versions the guest speaks: what can be done about a guest that does
     * not answer. What answers it sends to earlier requests are passed over.
     */
    protected final void beginAnew() {
        negotiate();
    }

    /** Whether versions are agreed on. */
    protected final boolean isReady() {
        return version != 0;
    }

    /** Whether the guest owes an answer. */
    protected final boolean isAsking() {
        return isAsking;
    }

    /** Asks the guest; not before {@link #ready}, and not while it owes an answer. */
    protected final void ask(byte[] body) {
        if (!isReady() || isAsking || body.length > bodyBytes) {
            throw new IllegalStateException("%d bytes cannot be asked now".formatted(body.length));
        }
        send(type, body);
    }

    /** Has {@link #due} called at a reference time. */
    protected final void wakeAt(long referenceTime100ns) {
        channel.wakeAt(referenceTime100ns);
    }

    /** The reference time, in units of 100 ns; 0 while the channel is closed. */
    protected final long now100ns() {
        return channel == null ? 0 : channel.referenceTime100ns();
    }

    /** The channel while it is open, otherwise null. Whoever is given it may {@link VmbusChannel#wake} it. */
    protected final VmbusChannel channel() {
        return channel;
    }

    private void send(int kind, byte[] body) {
        transaction = transaction + 1 & MOST_TRANSACTION;
        unsent = ServiceMessage.request(framework, version, kind, transaction, body);
        isAsking = true;
        flush();
    }

    /** A request that finds no room is kept; the channel is woken when there is some. */
    private void flush() {
        if (unsent.length > 0) {
            RingWriter out = channel.out();
            if (out.write(RingPacket.IN_BAND, false, transaction, unsent, 0, unsent.length)
                    != RingWriter.Outcome.FULL) {
                unsent = NOTHING;
            }
            if (out.commit()) {
                channel.signal();
            }
        }
    }

    @Override
    public final void woken() {
        flush();
        RingReader in = channel.in();
        int left = PACKETS_AT_A_TIME;
        do {
            in.begin();
            while (left > 0 && in.next(packet) == RingReader.Outcome.PACKET) {
                left--;
                ServiceMessage.answer(packet).ifPresent(this::take);
            }
            if (in.commit()) {
                channel.signal();
            }
        } while (in.end() && left > 0);
        if (left == 0) {
            channel.wake();
        }
        if (!in.isFaulty()) {
            due();
        }
    }

    /** What cannot be an answer to what was asked is passed over. */
    private void take(ServiceMessage.Answer answer) {
        boolean isAsked = isAsking
                && unsent.length == 0
                && answer.transaction() == transaction
                && answer.type() == (isReady() ? type : ServiceMessage.NEGOTIATE);
        if (!isAsked) {
            return;
        }
        isAsking = false;
        if (isReady()) {
            answered(answer.status(), ByteBuffer.wrap(answer.body()).order(ByteOrder.LITTLE_ENDIAN));
        } else {
            // One that speaks none of them is left alone: the service stays silent.
            Optional<ServiceMessage.Choice> choice = ServiceMessage.choice(answer.body());
            choice.filter(this::isSpoken).ifPresent(this::agreed);
        }
    }

    private boolean isSpoken(ServiceMessage.Choice choice) {
        return FRAMEWORKS.contains(choice.framework()) && versions.contains(choice.version());
    }

    private void agreed(ServiceMessage.Choice choice) {
        framework = choice.framework();
        version = choice.version();
        ready(version);
    }

    @Override
    public final void save(StateWriter out) {
        out.put("ic.framework", framework);
        out.put("ic.version", version);
        out.put("ic.transaction", transaction);
        out.put("ic.asking", isAsking ? 1 : 0);
        out.put("ic.unsent", unsent);
        saveService(out);
    }

    @Override
    public final void restore(StateReader in) throws StateException {
        int savedFramework = saved(in, "ic.framework", 0, Integer.MAX_VALUE);
        int savedVersion = saved(in, "ic.version", 0, Integer.MAX_VALUE);
        boolean isNone = savedFramework == 0 && savedVersion == 0;
        if (!isNone && !isSpoken(new ServiceMessage.Choice(savedFramework, savedVersion))) {
            throw new StateException("ic.version is 0x%x in framework 0x%x, which this one does not speak"
                    .formatted(savedVersion, savedFramework));
        }
        int savedTransaction = saved(in, "ic.transaction", 0, MOST_TRANSACTION);
        boolean isAnswerOwed = saved(in, "ic.asking", 0, 1) == 1;
        byte[] message = in.bytes("ic.unsent");
        boolean isMessage = message.length == 0 || isAnswerOwed && message.length >= ServiceMessage.HEAD_BYTES;
        if (!isMessage || message.length > longest) {
            throw new StateException("ic.unsent has %d bytes".formatted(message.length));
        }
        framework = savedFramework;
        version = savedVersion;
        transaction = savedTransaction;
        isAsking = isAnswerOwed;
        unsent = message;
        restoreService(in);
    }

    /**
     * A saved value from {@code least} to {@code most}.
     *
     * @throws StateException if it is missing or another one
     */
    protected static int saved(StateReader in, String name, int least, int most) throws StateException {
        long value = in.get(name);
        if (value < least || value > most) {
            throw new StateException("%s is 0x%x, and must be from %d to %d".formatted(name, value, least, most));
        }
        return (int) value;
    }

    @Override
    public final void closed() {
        channel = null;
        version = 0;
        framework = 0;
        isAsking = false;
        unsent = NOTHING;
        ended();
    }
}
