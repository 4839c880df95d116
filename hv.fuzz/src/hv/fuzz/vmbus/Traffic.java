package hv.fuzz.vmbus;

import hv.fuzz.target.Choices;
import hv.fuzz.target.Finding;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a guest does with the rings of its open channels: talks by the rules, and writes into them what it likes. One
 * thread.
 */
final class Traffic {
    private static final int HEAD = 16;
    private static final int MOST_ROUNDS = 10_000;

    private final AttackedBus bus;
    private final StillGuest guest;
    private final Choices choices;
    private long transactions;
    private int untilNext = 1;
    private boolean isMeanwhile;

    Traffic(AttackedBus bus, Choices choices) {
        this.bus = bus;
        this.guest = bus.guest;
        this.choices = choices;
    }

    private List<GuestView.Channel> open() {
        List<GuestView.Channel> open = new ArrayList<>();
        for (GuestView.Channel channel : bus.view.channels.values()) {
            if (channel.ring != null) {
                open.add(channel);
            }
        }
        return open;
    }

    private GuestView.Channel any() {
        List<GuestView.Channel> open = open();
        return open.isEmpty() ? null : open.get(choices.below(open.size()));
    }

    boolean isRam(long... pages) {
        return Arrays.stream(pages).allMatch(page -> page >= StillGuest.FIRST_FREE_PAGE && page < StillGuest.PAGES)
                && Arrays.stream(pages).distinct().count() == pages.length;
    }

    /** Somebody else is about to use these pages: rings over them are not what they were. */
    void soil(long[] pages, GuestRing by) {
        for (GuestView.Channel channel : open()) {
            boolean isShared = Arrays.stream(pages)
                    .anyMatch(page -> has(channel.ring.inPages(), page) || has(channel.ring.outPages(), page));
            if (isShared) {
                channel.ring.isClean = false;
                by.isClean = false;
            }
        }
    }

    private static boolean has(long[] pages, long page) {
        return Arrays.stream(pages).anyMatch(each -> each == page);
    }

    /** Writes words of a page with indices. */
    void words() {
        GuestView.Channel channel = any();
        if (channel == null) {
            return;
        }
        GuestRing ring = channel.ring;
        boolean isOut = choices.either();
        int at = 4 * (choices.below(8) < 7 ? choices.below(4) : choices.below(1024));
        boolean isAllowed = at == 8 && !isOut; // a reader's mask is its own
        ring.isClean &= isAllowed;
        int size = ring.size(isOut);
        ring.word(
                isOut,
                at,
                switch (choices.below(6)) {
                    case 0 -> (int) choices.any();
                    case 1 -> size;
                    case 2 -> 8 * choices.below(Math.max(1, size / 8));
                    case 3 -> choices.below(16) - 8;
                    case 4 -> ring.word(isOut, at) + 8 * (choices.below(64) - 32);
                    default -> choices.below(2);
                });
    }

    /** Writes bytes into a ring: heads of packets that cannot be, mostly. */
    void bytes() {
        GuestView.Channel channel = any();
        if (channel == null) {
            return;
        }
        GuestRing ring = channel.ring;
        ring.isClean = false;
        byte[] bytes = new byte[] {
            (byte) choices.below(16),
            0,
            (byte) choices.below(8),
            0,
            (byte) choices.below(256),
            (byte) choices.below(2),
            1,
            0
        };
        int write = ring.word(true, 0);
        int size = ring.size(true);
        if (size > 0) {
            int at = write >= 0 && write < size ? write & -8 : 0;
            ring.put(true, at, choices.oneIn(4) ? choices.bytes(64) : bytes);
            ring.word(true, 0, (at + 8 * choices.below(64)) % size);
        }
        guest.signal(0, channel.connection);
    }

    /**
     * What the guest's other processor does while the host works: now and then it sends a packet by the rules, or takes
     * one.
     */
    void meanwhile() {
        if (isMeanwhile || --untilNext > 0) {
            return;
        }
        isMeanwhile = true;
        untilNext = 1 + choices.below(64);
        GuestView.Channel channel = any();
        if (channel != null && channel.isEcho) {
            if (choices.either()) {
                send(channel, 8 * choices.below(16));
            } else {
                receive(channel);
            }
        }
        isMeanwhile = false;
    }

    private void send(GuestView.Channel channel, int bytes) {
        byte[] payload = new byte[bytes];
        Arrays.fill(payload, (byte) transactions);
        if (channel.ring.send(new GuestRing.Sent(transactions++, choices.either(), payload))) {
            guest.signal(0, channel.connection);
        }
    }

    /** Talks by the rules: sends some, has the host work, takes some. */
    void talk() {
        GuestView.Channel channel = any();
        if (channel == null) {
            return;
        }
        for (int i = choices.oneIn(4) ? choices.below(64) : choices.below(8); i > 0; i--) {
            send(channel, 8 * choices.below(channel.isEcho ? 126 : 9));
        }
        bus.work(choices.below(16));
        for (int i = choices.oneIn(4) ? 0 : choices.below(16); i > 0; i--) {
            receive(channel);
        }
    }

    private boolean receive(GuestView.Channel channel) {
        GuestRing ring = channel.ring;
        ByteBuffer packet = ring.receive();
        if (packet == null) {
            return false;
        }
        if (ring.isRoomAwaited()) {
            guest.signal(1, channel.connection);
        }
        if (channel.isEcho) {
            echoed(channel, packet);
        } else {
            answer(channel, packet);
        }
        return true;
    }

    private static void echoed(GuestView.Channel channel, ByteBuffer packet) {
        GuestRing ring = channel.ring;
        if (!ring.isClean) {
            return;
        }
        GuestRing.Sent sent = ring.sent.poll();
        boolean isRight = sent != null
                && packet.getShort(0) == (sent.wantsCompletion() ? 0xB : 6)
                && packet.getLong(8) == sent.transaction()
                && Arrays.equals(Arrays.copyOfRange(packet.array(), HEAD, packet.limit()), sent.payload());
        if (!isRight) {
            throw new Finding("channel %d: a packet with transaction %d and %d bytes came back, and %s was sent"
                    .formatted(
                            channel.number,
                            packet.getLong(8),
                            packet.limit(),
                            sent == null
                                    ? "nothing"
                                    : "%d with %d".formatted(sent.transaction(), sent.payload().length)));
        }
    }

    /** Answers an integration service as Linux' hv_utils does, in the buffer that came; or a bit otherwise. */
    private void answer(GuestView.Channel channel, ByteBuffer packet) {
        if (packet.limit() < HEAD + 44) {
            return;
        }
        int at = HEAD;
        boolean isNegotiation = packet.getShort(at + 12) == 0;
        if (isNegotiation) {
            int frameworks = packet.getShort(at + 28);
            int versions = packet.getShort(at + 30);
            int chosen = at + 36 + 4 * (frameworks + choices.below(Math.max(1, versions)));
            if (chosen + 4 <= packet.limit()) {
                int version = packet.getInt(chosen);
                packet.putInt(at + 36, packet.getInt(at + 36 + 4 * Math.max(0, frameworks - 1)));
                packet.putInt(at + 40, version);
            }
            packet.putShort(at + 28, (short) 1).putShort(at + 30, (short) 1).putShort(at + 18, (short) 16);
        }
        packet.put(at + 25, (byte) 5);
        for (int i = choices.below(4) == 0 ? choices.below(4) : 0; i > 0; i--) {
            packet.put(at + choices.below(packet.limit() - at), (byte) choices.below(256));
        }
        byte[] payload = Arrays.copyOfRange(packet.array(), HEAD, packet.limit());
        if (channel.ring.send(new GuestRing.Sent(packet.getLong(8), false, payload))) {
            guest.signal(0, channel.connection);
        }
        channel.ring.sent.clear();
    }

    /** Until everything is answered; then a guest that has kept to the rules has got all its packets back. */
    void settle() {
        bus.settle();
        for (GuestView.Channel channel : open()) {
            if (channel.isEcho) {
                int rounds = 0;
                while (receive(channel)) {
                    bus.work(Integer.MAX_VALUE);
                    if (rounds++ > MOST_ROUNDS) {
                        throw new Finding("packets without end");
                    }
                }
                if (channel.ring.isClean && !channel.ring.sent.isEmpty()) {
                    throw new Finding("channel %d: %d packets never came back"
                            .formatted(channel.number, channel.ring.sent.size()));
                }
            }
        }
    }
}
