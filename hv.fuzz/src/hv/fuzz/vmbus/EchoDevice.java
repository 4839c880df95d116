package hv.fuzz.vmbus;

import hv.api.StateException;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.vmbus.ChannelOffer;
import hv.api.vmbus.RingPacket;
import hv.api.vmbus.RingReader;
import hv.api.vmbus.RingWriter;
import hv.api.vmbus.VmbusChannel;
import hv.api.vmbus.VmbusDevice;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * A device that sends back what it gets, as the answer if one is wanted: by it a guest sees what is lost, doubled or
 * mixed up. What finds no room is kept, and nothing more is taken until then.
 */
final class EchoDevice implements VmbusDevice {
    static final UUID KIND = new UUID(0x6876_6675_7A7A_0001L, 1);
    static final int MOST_PACKET_BYTES = 1024;
    private static final int MOST_PER_TURN = 256;
    private static final int ASKED_FOR_EACH_TRUTH = 3;

    private final ChannelOffer offer;
    private final RingPacket packet = new RingPacket(MOST_PACKET_BYTES);
    private final byte[] kept = new byte[MOST_PACKET_BYTES];
    private final Executor later;
    private final BooleanSupplier isHurried;
    private VmbusChannel channel;
    private int asked;
    private int keptBytes = -1;
    private int keptType;
    private long keptTransaction;

    /**
     * One that is never sure at once that it is done: it says so when it is asked for the third time.
     *
     * @param later where it does what it has to do meanwhile
     * @param isHurried whether it is done at once
     */
    EchoDevice(int instance, Executor later, BooleanSupplier isHurried) {
        this.later = later;
        this.isHurried = isHurried;
        offer = new ChannelOffer(KIND, new UUID(1, instance), ChannelOffer.INTERFACE, 0, MOST_PACKET_BYTES);
    }

    @Override
    public ChannelOffer offer() {
        return offer;
    }

    @Override
    public void opened(VmbusChannel open) {
        keptBytes = -1;
        channel = open;
    }

    @Override
    public void resumed(VmbusChannel open) {
        channel = open;
    }

    @Override
    public void woken() {
        RingReader in = channel.in();
        int turns = 0;
        do {
            in.begin();
            while (sendKept() && turns++ < MOST_PER_TURN && in.next(packet) == RingReader.Outcome.PACKET) {
                keptBytes = packet.payloadBytes();
                packet.copy(0, kept, 0, keptBytes);
                keptType = packet.wantsCompletion() ? RingPacket.COMPLETION : RingPacket.IN_BAND;
                keptTransaction = packet.transaction();
            }
            boolean isNews = channel.out().commit();
            boolean isRoom = in.commit();
            if (isNews || isRoom) {
                channel.signal();
            }
        } while (in.end() && keptBytes < 0 && turns < MOST_PER_TURN);
        if (turns >= MOST_PER_TURN) {
            channel.wake();
        }
    }

    @Override
    public boolean settle() {
        if (isHurried.getAsBoolean() || ++asked % ASKED_FOR_EACH_TRUTH == 0) {
            return true;
        }
        VmbusChannel waiting = channel;
        later.execute(waiting::wake);
        return false;
    }

    private boolean sendKept() {
        if (keptBytes < 0) {
            return true;
        }
        RingWriter out = channel.out();
        if (keptBytes > out.mostPayloadBytes()) {
            keptBytes = -1; // the guest has made a ring that its own packets do not fit into
            return true;
        }
        if (out.write(keptType, false, keptTransaction, kept, 0, keptBytes) != RingWriter.Outcome.WRITTEN) {
            return false;
        }
        keptBytes = -1;
        return true;
    }

    @Override
    public void save(StateWriter out) {
        out.put("type", keptType);
        out.put("transaction", keptTransaction);
        if (keptBytes >= 0) {
            out.put("payload", Arrays.copyOf(kept, keptBytes));
        }
        out.put("bytes", keptBytes);
    }

    @Override
    public void restore(StateReader in) throws StateException {
        keptType = (int) in.get("type");
        keptTransaction = in.get("transaction");
        keptBytes = (int) in.get("bytes");
        if (keptBytes >= 0) {
            System.arraycopy(in.bytes("payload"), 0, kept, 0, keptBytes);
        }
    }

    @Override
    public void closed() {
        channel = null;
        keptBytes = -1;
    }
}
