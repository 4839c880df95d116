package hv.vmbus;

import hv.api.vmbus.PageList;
import hv.vmbus.Channel.Phase;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;

/**
 * What the guest says and what it is told. Every message of a guest that can be answered is: most of Linux waits for
 * the answer without an end. What cannot be meant, is too short, or comes before contact was made, is passed over. Used
 * with the bus' lock held.
 */
final class Conversation {
    private final Bus bus;
    private final Gpadls gpadls;
    private boolean isOffering;

    Conversation(Bus bus, Gpadls gpadls) {
        this.bus = bus;
        this.gpadls = gpadls;
    }

    /** Whether the guest has asked for offers, and is told of further devices when they come. */
    boolean isOffering() {
        return isOffering;
    }

    /** As it was saved. */
    void offering(boolean isAskedFor) {
        isOffering = isAskedFor;
    }

    void forget() {
        isOffering = false;
    }

    /** The channels that must be closed before this message can be taken. */
    Collection<Channel> closedBy(ByteBuffer message) {
        int type = message.getInt(0);
        int least = Message.leastBytes(type);
        if (least == 0 || message.limit() < least) {
            return List.of();
        }
        return switch (type) {
            case Message.INITIATE_CONTACT, Message.UNLOAD -> bus.channels();
            case Message.CLOSE_CHANNEL -> channelOf(message);
            // Its rings, or a buffer that its device may be using.
            case Message.GPADL_TEARDOWN ->
                gpadls.channelOf(message.getInt(12)) == message.getInt(8) ? channelOf(message) : List.of();
            default -> List.of();
        };
    }

    private Collection<Channel> channelOf(ByteBuffer message) {
        Channel channel = bus.contact() == null ? null : bus.channel(message.getInt(8));
        return channel == null ? List.of() : List.of(channel);
    }

    /** Takes a message, of which the channels that it closes are closed. */
    void take(ByteBuffer message) {
        int type = message.getInt(0);
        int least = Message.leastBytes(type);
        if (least == 0 || message.limit() < least) {
            return;
        }
        if (type == Message.INITIATE_CONTACT) {
            contact(Contact.of(message, bus.vps()));
        } else if (type == Message.UNLOAD) {
            unload();
        } else if (bus.contact() != null) {
            inContact(type, message);
        }
    }

    private void inContact(int type, ByteBuffer message) {
        switch (type) {
            case Message.REQUEST_OFFERS -> requestOffers();
            case Message.GPADL_HEADER -> gpadlHeader(message);
            case Message.GPADL_BODY -> gpadlBody(message);
            case Message.GPADL_TEARDOWN -> tearDown(message.getInt(8), message.getInt(12));
            case Message.OPEN_CHANNEL -> open(message);
            case Message.RELID_RELEASED -> released(message.getInt(8));
            case Message.MODIFY_CHANNEL -> modify(message.getInt(8), message.getInt(12));
            default -> {
                // CLOSE has been done with before, and has no answer; all else is of protocols that were not agreed on.
            }
        }
    }

    private void contact(Contact asked) {
        bus.begin(asked);
        boolean isKnown = asked.isKnown();
        // From 5.0 on the guest posts to the connection that it is told here.
        int word = Integer.compareUnsigned(asked.version(), Contact.HAS_SINT) >= 0 ? Bus.MESSAGES : asked.version();
        bus.say(asked, Message.version(isKnown, isKnown ? word : 0));
    }

    private void unload() {
        Contact before = bus.contact();
        bus.forgetGuest();
        // A guest that has never made contact reads the message page of its first VP.
        Contact to = before == null ? new Contact(0, 0, Contact.VMBUS_SINT) : before;
        bus.say(to, Message.words(Message.UNLOAD_RESPONSE));
    }

    private void requestOffers() {
        if (!isOffering) {
            isOffering = true;
            offerNew();
            bus.say(Message.words(Message.ALL_OFFERS_DELIVERED));
        }
    }

    /** Tells the guest of devices that it has not been told of, but for those whose old number it still holds. */
    void offerNew() {
        for (Channel channel : bus.channels()) {
            if (channel.phase() == Phase.UNOFFERED && !isHeld(channel)) {
                bus.offer(channel);
            }
        }
    }

    /** Linux takes a second offer of an instance that it knows for the first one coming back. */
    private boolean isHeld(Channel wanted) {
        for (Channel channel : bus.channels()) {
            boolean isSame = channel.offer().instance().equals(wanted.offer().instance());
            if (isSame && channel != wanted && channel.number() != 0) {
                return true;
            }
        }
        return false;
    }

    private void gpadlHeader(ByteBuffer message) {
        int number = message.getInt(8);
        Channel channel = bus.channel(number);
        if (channel == null || channel.phase() == Phase.RESCINDED) {
            created(number, message.getInt(12), Message.FAILURE);
            return;
        }
        answer(gpadls.header(message), number, message);
    }

    private void gpadlBody(ByteBuffer message) {
        int number = gpadls.channelOf(message.getInt(12));
        answer(gpadls.body(message), number, message);
    }

    private void answer(Gpadls.Outcome outcome, int channel, ByteBuffer message) {
        if (outcome != Gpadls.Outcome.NOTHING) {
            boolean isCreated = outcome == Gpadls.Outcome.CREATED;
            created(channel, message.getInt(12), isCreated ? Message.SUCCESS : Message.FAILURE);
        }
    }

    private void created(int channel, int gpadl, int status) {
        bus.say(Message.words(Message.GPADL_CREATED, channel, gpadl, status));
    }

    private void tearDown(int number, int gpadl) {
        if (gpadls.channelOf(gpadl) == number) {
            gpadls.remove(gpadl);
        }
        bus.say(Message.words(Message.GPADL_TORNDOWN, gpadl));
    }

    private void open(ByteBuffer message) {
        int number = message.getInt(8);
        Channel channel = bus.channel(number);
        if (channel != null && channel.phase() == Phase.RESCINDED) {
            // The guest is told that the device is gone, which ends its wait.
            return;
        }
        int vp = message.getInt(20);
        PageList pages = gpadls.pages(number, message.getInt(16));
        int hostRing = message.getInt(24);
        boolean isPossible = channel != null
                && channel.phase() == Phase.CLOSED
                // Its device has not come back from before.
                && !channel.service().isBusy()
                && vp >= -1
                && vp < bus.vps()
                && Opening.isPossible(pages, hostRing);
        int id = message.getInt(12);
        if (!isPossible) {
            opened(number, id, false);
            return;
        }
        Opening opening = new Opening(id, message.getInt(16), pages, hostRing);
        channel.opening(opening, vp);
        bus.opening(channel);
    }

    /** The device of a channel does not come back. */
    void giveUp(Channel channel) {
        Opening opening = channel.opening();
        if (channel.service().giveUp()) {
            bus.ignore(channel);
            refused(channel, opening);
        }
    }

    /** A channel is not open that the guest has wanted to open. */
    void refused(Channel channel, Opening opening) {
        opened(channel.number(), opening.id(), false);
    }

    /** What becomes of a guest's wish to open a channel. */
    void opened(int number, int id, boolean isOpened) {
        bus.say(Message.words(Message.OPEN_RESULT, number, id, isOpened ? Message.SUCCESS : Message.FAILURE));
    }

    private void released(int number) {
        Channel channel = bus.channel(number);
        if (channel != null && channel.phase() == Phase.RESCINDED) {
            bus.release(channel);
            bus.table().remove(channel);
            if (isOffering) {
                offerNew();
            }
        }
    }

    private void modify(int number, int vp) {
        int version = bus.version();
        if (version < Contact.HAS_MODIFY) {
            return;
        }
        Channel channel = bus.channel(number);
        boolean isPossible = channel != null && channel.isOpen() && vp >= 0 && vp < bus.vps();
        if (isPossible) {
            channel.retarget(vp);
            channel.signal();
        }
        if (version >= Contact.ANSWERS_MODIFY) {
            int status = isPossible ? Message.SUCCESS : Message.FAILURE;
            bus.say(Message.words(Message.MODIFY_CHANNEL_RESPONSE, number, status));
        }
    }
}
