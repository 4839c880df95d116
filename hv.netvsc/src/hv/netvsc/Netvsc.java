package hv.netvsc;

import hv.api.StateException;
import hv.api.device.GuestNetwork;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.vmbus.ChannelOffer;
import hv.api.vmbus.RingPacket;
import hv.api.vmbus.RingReader;
import hv.api.vmbus.RingWriter;
import hv.api.vmbus.VmbusChannel;
import hv.api.vmbus.VmbusDevice;
import java.io.IOException;
import java.util.Map;
import java.util.UUID;

/**
 * A guest's network adapter.
 *
 * <p>What the guest sees: a device of kind f8615163-df3e-46c5-913f-f2d2f965ed0e, for which Linux has hv_netvsc. Guest
 * and host agree on a version of NVSP, the guest lends two buffers, and then each side hands the other packets with
 * messages of RNDIS in them: questions about the adapter, and frames. The guest's own come in sections of its send
 * buffer, in pages that the packet names, or in both, and the packet's completion gives them back; frames for it are
 * written into sections of its receive buffer, and its completion gives those back.
 *
 * <p>How it works: all that touches the guest is done by the thread that serves the channel. It copies frames between
 * the guest's RAM and the link, which never waits, and a thread of the {@link Uplink} says when there is more. Nothing
 * is taken from the ring before there is room for its completion and for its frames in the link, and nothing from the
 * link before there is a section and room for the packet that gives it to the guest: so whoever is slow holds the
 * other one back, and nothing is on the way when another version follows.
 */
final class Netvsc implements VmbusDevice, GuestNetwork {
    private static final UUID KIND = UUID.fromString("f8615163-df3e-46c5-913f-f2d2f965ed0e");
    private static final int MOST_PACKET_BYTES = 8192;
    private static final int PACKETS_AT_A_TIME = 256;

    private final ChannelOffer offer;
    private final Adapter adapter;
    private final Uplink uplink;
    private final Counters counters = new Counters();
    private final Buffers buffers = new Buffers();
    private final Control control;
    private final Outbound outbound;
    private final Inbound inbound;
    private final Agreement agreement;
    private final RingPacket packet = new RingPacket(MOST_PACKET_BYTES);
    private volatile boolean isPlugged = true;
    private volatile boolean isThere;
    private volatile VmbusChannel channel;

    /** What the guest's packet carries, and where a frame for it goes; null while the channel is closed. */
    private Pieces carried;

    private Pieces landing;

    Netvsc(String name, UUID instance, Adapter adapter, Backend backend) {
        this.offer = new ChannelOffer(KIND, instance, ChannelOffer.INTERFACE, 0, MOST_PACKET_BYTES);
        this.adapter = adapter;
        this.uplink = new Uplink(name, backend, this::wake);
        this.control = new Control(adapter);
        this.outbound = new Outbound(adapter, control, counters);
        this.inbound = new Inbound(buffers, counters, this::wants);
        this.agreement = new Agreement(adapter, buffers);
    }

    /** The cable to what is at the other end. */
    Uplink uplink() {
        return uplink;
    }

    private boolean wants(long destination) {
        return isPlugged && adapter.wants(destination);
    }

    private void wake() {
        VmbusChannel open = channel;
        if (open != null) {
            open.wake();
        }
    }

    @Override
    public ChannelOffer offer() {
        return offer;
    }

    @Override
    public String mac() {
        long mac = adapter.mac();
        StringBuilder text = new StringBuilder();
        for (int shift = 40; shift >= 0; shift -= 8) {
            text.append("%02x".formatted(mac >>> shift & 0xFF)).append(shift == 0 ? "" : ":");
        }
        return text.toString();
    }

    @Override
    public String backend() {
        return uplink.backend().text();
    }

    @Override
    public boolean isUp() {
        return isPlugged && uplink.link() != null;
    }

    @Override
    public void plug(boolean isIn) {
        isPlugged = isIn;
        wake();
    }

    @Override
    public void attach(String backend) {
        uplink.attach(Backend.parse(backend));
        wake();
    }

    @Override
    public Map<String, Long> statistics() {
        return counters.all();
    }

    @Override
    public Map<String, String> facts() {
        return Map.of(
                "driver",
                isThere ? "there" : "none",
                "mac",
                mac(),
                "network",
                backend().isEmpty() ? "none" : backend(),
                "link",
                isUp() ? "up" : "down",
                "sent",
                String.valueOf(counters.get(Counters.SENT_FRAMES)),
                "received",
                String.valueOf(counters.get(Counters.RECEIVED_FRAMES)));
    }

    @Override
    public void opened(VmbusChannel open) {
        forget();
        begin(open);
    }

    @Override
    public void resumed(VmbusChannel open) {
        begin(open);
        buffers.resume(open);
    }

    private void begin(VmbusChannel open) {
        GuestRam ram = new GuestRam(open.ram());
        carried = new Pieces(ram);
        landing = new Pieces(ram);
        channel = open;
        uplink.start();
    }

    @Override
    public void woken() {
        VmbusChannel open = channel;
        FrameLink link = uplink.link();
        boolean isMore;
        try {
            isMore = serve(open, link);
        } catch (IOException e) {
            uplink.lost(link, e);
            isMore = true;
        }
        isThere = control.isInitialized();
        if (open.out().commit()) {
            open.signal();
        }
        if (isMore) {
            open.wake();
        } else {
            uplink.arm(control.isInitialized() && inbound.isReady(open.out()), link != null && link.isBehind());
        }
    }

    /** Does some of what there is to do; gives whether there may be more. */
    private boolean serve(VmbusChannel open, FrameLink link) throws IOException {
        boolean isMore;
        try {
            isMore = takePackets(open, link);
        } finally {
            if (open.in().commit()) {
                open.signal();
            }
        }
        boolean isFull = link != null && !link.hasRoom();
        if (link != null) {
            link.flush();
        }
        control.tell(isPlugged && link != null);
        inbound.answer(control, open.out());
        if (link != null && control.isInitialized() && buffers.canReceive()) {
            isMore |= inbound.frames(link, landing, open.out());
        }
        boolean isUnread = open.in().end();
        return isMore || isUnread && hasRoom(open, link) || isFull && link.hasRoom();
    }

    /** For a completion, and for all that its packet can carry. */
    private static boolean hasRoom(VmbusChannel open, FrameLink link) {
        return open.out().hasRoom(Nvsp.BYTES) && (link == null || link.hasRoom());
    }

    private boolean takePackets(VmbusChannel open, FrameLink link) throws IOException {
        RingReader in = open.in();
        in.begin();
        for (int i = 0; i < PACKETS_AT_A_TIME; i++) {
            if (!hasRoom(open, link) || in.next(packet) != RingReader.Outcome.PACKET) {
                return false;
            }
            take(open, link);
        }
        return true;
    }

    private void take(VmbusChannel open, FrameLink link) throws IOException {
        int type = packet.type();
        if (type == RingPacket.COMPLETION) {
            if (!buffers.canReceive() || !buffers.sections().giveBack(packet.transaction())) {
                counters.add(Counters.FAULTS, 1);
            }
            return;
        }
        boolean isMessage = type == RingPacket.IN_BAND || type == RingPacket.GPA_DIRECT;
        byte[] answer = Agreement.NOTHING;
        try {
            if (isMessage && packet.payloadBytes() >= Agreement.LEAST_BYTES) {
                answer = packet.intAt(0) == Nvsp.RNDIS_PACKET ? carry(link) : agreement.answer(packet, open);
            }
        } finally {
            if (packet.wantsCompletion() && isMessage) {
                complete(open.out(), answer);
            }
        }
    }

    private void complete(RingWriter out, byte[] answer) {
        out.write(RingPacket.COMPLETION, false, packet.transaction(), answer, 0, answer.length);
    }

    private byte[] carry(FrameLink link) throws IOException {
        carried.clear();
        int section = packet.intAt(8);
        boolean isThereAll = section == Nvsp.NO_SECTION || buffers.addSection(section, packet.intAt(12), carried);
        if (isThereAll && packet.type() == RingPacket.GPA_DIRECT) {
            isThereAll = carried.add(packet);
        }
        boolean isUp = isPlugged && link != null;
        if (isThereAll && outbound.take(carried, isUp ? link : null, isUp)) {
            return Agreement.CARRIED;
        }
        counters.add(Counters.FAULTS, 1);
        return Agreement.NOT_CARRIED;
    }

    @Override
    public void save(StateWriter out) {
        agreement.save(out);
        adapter.save(out);
        buffers.save(out);
        control.save(out);
        counters.save(out);
        out.put("plugged", isPlugged ? 1 : 0);
    }

    @Override
    public void restore(StateReader in) throws StateException {
        long plugged = in.get("plugged");
        if (plugged >>> 1 != 0) {
            throw new StateException("plugged is %d".formatted(plugged));
        }
        agreement.restore(in);
        adapter.restore(in);
        buffers.restore(in);
        control.restore(in);
        counters.restore(in);
        isPlugged = plugged == 1;
        isThere = control.isInitialized();
    }

    @Override
    public Map<String, Object> handOver() {
        return uplink.handOver();
    }

    @Override
    public void takeOver(Map<String, Object> handedOver) {
        uplink.takeOver(handedOver);
    }

    @Override
    public void left() {
        channel = null;
        uplink.end();
        carried = null;
        landing = null;
    }

    @Override
    public void closed() {
        channel = null;
        carried = null;
        landing = null;
        forget();
    }

    private void forget() {
        isThere = false;
        agreement.reset();
        adapter.reset();
        buffers.reset();
        control.reset();
    }
}
