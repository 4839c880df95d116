package hv.vmbus;

import hv.api.StateException;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.vmbus.ChannelOffer;
import hv.api.vmbus.PageList;
import hv.api.vmbus.VmbusDevice;
import hv.vmbus.Channel.Phase;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What is saved of a bus: what guest and bus have agreed on, channels and memory that the guest has named, and messages
 * in both directions that wait. Of a message that the interrupt controller has been given nothing is saved here: it is
 * in that one's state. With the bus' lock held, and paused.
 */
final class BusState {
    /** The version that is written. */
    static final int VERSION = 1;

    private static final int MOST_MESSAGE_BYTES = 240;
    private static final int MOST_WORDS = 0xFFFF / Long.BYTES;
    private static final int MOST_GPADLS = ChannelTable.MOST_NUMBER * Gpadls.MOST_PER_CHANNEL;

    private final Bus bus;

    BusState(Bus bus) {
        this.bus = bus;
    }

    void save(StateWriter out) {
        StateStream.Writer to = new StateStream.Writer();
        Contact contact = bus.contact();
        to.put(contact == null ? 0 : contact.version());
        to.put(contact == null ? 0 : contact.vp()).put(contact == null ? 0 : contact.sint());
        to.put(bus.conversation().isOffering() ? 1 : 0);
        // In an order of their own, so that what is restored is saved as it was.
        List<Channel> known = bus.channels().stream()
                .filter(channel -> channel.number() != 0)
                .sorted(Comparator.comparingInt(Channel::number))
                .toList();
        to.put(known.size());
        known.forEach(channel -> save(channel, to));
        List<Gpadl> gpadls = bus.gpadls().all().stream()
                .sorted(Comparator.comparingInt(Gpadl::id))
                .toList();
        to.put(gpadls.size());
        gpadls.forEach(gpadl -> save(gpadl, to));
        List<Outbox.Letter> letters = new ArrayList<>(bus.outbox().all());
        // A device that is being taken away is not there where the guest goes on: it is told so there.
        known.stream()
                .filter(BusState::isGoing)
                .map(channel -> Message.words(Message.RESCIND_OFFER, channel.number()))
                .forEach(message -> letters.add(new Outbox.Letter(contact.vp(), contact.sint(), message)));
        to.put(letters.size());
        letters.forEach(letter -> to.put(letter.vp()).put(letter.sint()).put(letter.message()));
        List<byte[]> posted = new ArrayList<>();
        if (bus.held() != null) {
            posted.add(bus.held().array());
        }
        posted.addAll(bus.inbox().all());
        to.put(posted.size());
        posted.forEach(to::put);
        to.writeTo(out);
    }

    private static boolean isGoing(Channel channel) {
        return channel.isLeaving() && channel.phase() != Phase.RESCINDED;
    }

    private static void save(Channel channel, StateStream.Writer to) {
        ChannelOffer offer = channel.offer();
        Opening opening = isGoing(channel) ? null : channel.opening();
        Phase phase = isGoing(channel) ? Phase.RESCINDED : channel.phase();
        to.put(offer.instance().getMostSignificantBits()).put(offer.instance().getLeastSignificantBits());
        to.put(offer.device().getMostSignificantBits()).put(offer.device().getLeastSignificantBits());
        to.put(channel.number()).put(phase.ordinal()).put(channel.vp());
        to.put(opening == null ? 0 : opening.id()).put(opening == null ? 0 : opening.gpadl());
        to.put(opening == null ? 0 : opening.hostRing());
    }

    private static void save(Gpadl gpadl, StateStream.Writer to) {
        long[] come = gpadl.come();
        to.put(gpadl.id()).put(gpadl.channel()).put(gpadl.count()).put(come.length);
        for (long word : come) {
            to.put(word);
        }
    }

    /** One channel as it was saved. */
    private record SavedChannel(
            UUID instance, UUID device, int number, Phase phase, int vp, int id, int gpadl, int hostRing) {}

    /**
     * Takes it on a bus that nothing has happened on but offers.
     *
     * @throws StateException if something is missing or cannot be; the bus is of no use then
     */
    void restore(StateReader in) throws StateException {
        StateStream.Reader from = new StateStream.Reader(in);
        Contact contact = new Contact(
                (int) from.value(),
                from.value("the VP of messages", 0, bus.vps() - 1),
                from.value("the SINT of messages", 0, 15));
        if (contact.version() != 0 && (!contact.isKnown() || contact.sint() == 0)) {
            throw new StateException("version 0x%x of the bus is not known".formatted(contact.version()));
        }
        boolean isOffering = from.value("offering", 0, 1) == 1;
        List<SavedChannel> saved = new ArrayList<>();
        for (int i = from.value("channels", 0, ChannelTable.MOST_NUMBER); i > 0; i--) {
            saved.add(channel(from));
        }
        List<Gpadl> gpadls = new ArrayList<>();
        for (int i = from.value("GPADLs", 0, MOST_GPADLS); i > 0; i--) {
            gpadls.add(gpadl(from));
        }
        List<Outbox.Letter> letters = new ArrayList<>();
        for (int i = from.value("messages to the guest", 0, 2 * Outbox.MOST_WAITING); i > 0; i--) {
            letters.add(new Outbox.Letter(
                    from.value("a VP", 0, bus.vps() - 1), from.value("a SINT", 1, 15), from.bytes(MOST_MESSAGE_BYTES)));
        }
        List<byte[]> posted = new ArrayList<>();
        for (int i = from.value("messages of the guest", 0, Inbox.MOST + 1); i > 0; i--) {
            posted.add(message(from));
        }
        from.end();
        boolean isSilent = contact.version() == 0 && (isOffering || !saved.isEmpty() || !gpadls.isEmpty());
        if (isSilent) {
            throw new StateException("a guest that has made no contact knows channels");
        }
        if (!bus.gpadls().restore(gpadls)) {
            throw new StateException("a GPADL names what is no memory of this guest, or there are too many");
        }
        place(saved);
        bus.contact(contact.version() == 0 ? null : contact);
        bus.conversation().offering(isOffering);
        bus.outbox().restore(letters);
        bus.inbox().restore(posted);
    }

    private SavedChannel channel(StateStream.Reader from) throws StateException {
        UUID instance = new UUID(from.value(), from.value());
        UUID device = new UUID(from.value(), from.value());
        int number = from.value("a channel's number", 1, ChannelTable.MOST_NUMBER);
        Phase phase = Phase.values()[from.value("a channel's state", 1, Phase.values().length - 1)];
        int vp = from.value("a channel's VP", -1, bus.vps() - 1);
        return new SavedChannel(
                instance, device, number, phase, vp, (int) from.value(), (int) from.value(), (int) from.value());
    }

    private static Gpadl gpadl(StateStream.Reader from) throws StateException {
        int id = (int) from.value();
        int channel = from.value("a GPADL's channel", 1, ChannelTable.MOST_NUMBER);
        int count = from.value("a GPADL's length", 2, MOST_WORDS);
        long[] come = new long[from.value("a GPADL's words", 1, count)];
        for (int i = 0; i < come.length; i++) {
            come[i] = from.value();
        }
        return Gpadl.restored(id, channel, count, come);
    }

    private static byte[] message(StateStream.Reader from) throws StateException {
        byte[] message = from.bytes(MOST_MESSAGE_BYTES);
        if (message.length < Message.HEAD_BYTES) {
            throw new StateException("a message of the guest has %d bytes".formatted(message.length));
        }
        return message;
    }

    private Channel gone(SavedChannel one) {
        Gone gone = new Gone(one.device(), one.instance());
        return bus.addGone(gone, gone.offer());
    }

    private void place(List<SavedChannel> saved) throws StateException {
        Map<UUID, Channel> offered = new HashMap<>();
        bus.channels().forEach(channel -> offered.put(channel.offer().instance(), channel));
        for (SavedChannel one : saved) {
            boolean isGone = one.phase() == Phase.RESCINDED;
            Channel channel = isGone ? gone(one) : offered.remove(one.instance());
            if (channel == null || !channel.offer().device().equals(one.device())) {
                throw new StateException("this guest has no device %s of kind %s, which it had when it was saved"
                        .formatted(one.instance(), one.device()));
            }
            if (bus.channel(one.number()) != null) {
                throw new StateException("two channels have the number " + one.number());
            }
            bus.table().number(one.number(), channel);
            channel.restored(one.number(), one.phase(), one.vp(), opening(one));
            if (channel.isOpen()) {
                bus.listen(channel);
                channel.service().resumeFirst();
            }
        }
    }

    private Opening opening(SavedChannel saved) throws StateException {
        boolean isOpen = saved.phase() == Phase.OPEN || saved.phase() == Phase.FAULTY || saved.phase() == Phase.OPENING;
        if (!isOpen) {
            return null;
        }
        PageList pages = bus.gpadls().pages(saved.number(), saved.gpadl());
        if (!Opening.isPossible(pages, saved.hostRing())) {
            throw new StateException("channel %d is open and has no rings".formatted(saved.number()));
        }
        return new Opening(saved.id(), saved.gpadl(), pages, saved.hostRing());
    }

    /** A device that was taken away before the guest was saved, and whose number the guest still holds. */
    private record Gone(UUID device, UUID instance) implements VmbusDevice {
        @Override
        public ChannelOffer offer() {
            return new ChannelOffer(device, instance, 0, 0, ChannelOffer.MOST_PACKET_BYTES);
        }

        @Override
        public void opened(hv.api.vmbus.VmbusChannel channel) {
            // It cannot be opened.
        }

        @Override
        public void woken() {
            // Nobody wakes it.
        }

        @Override
        public void closed() {
            // It is not open.
        }
    }
}
