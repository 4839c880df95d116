package hv.fuzz.vmbus;

import hv.fuzz.target.Choices;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * The steps of an attack: those of a driver in their right order, those that are nearly right, and any. Each is drawn
 * from the input. One thread.
 */
final class Steps {
    private static final int RING_AREA = StillGuest.FIRST_FREE_PAGE;
    private static final int AREA_PAGES = 24;
    private static final int AREAS = 8;
    private static final int PAGE = 4096;
    private static final int MOVE = 40;
    private static final int[] TALKING = {30, 30, 30, 30, 30, 30, 18, 19, 21, 22, 23, 26, 9, 3, 14, MOVE};
    private static final int[] VERSIONS = {
        0x5_0003, 0x5_0003, 0x5_0002, 0x5_0000, 0x4_0001, 0x4_0000, 0x3_0000, 0x2_0004, 0x6_0000, 0x1_0001, 0xD, -1
    };

    private final AttackedBus bus;
    private final GuestView view;
    private final StillGuest guest;
    private final Choices choices;
    private final Traffic traffic;

    /** Whether the guest does little but talk by the rules. */
    private final boolean isTalking;

    /** Since an open's own id tells its answer from others. */
    private int opens;

    Steps(AttackedBus bus, Choices choices) {
        this.bus = bus;
        this.view = bus.view;
        this.guest = bus.guest;
        this.choices = choices;
        this.traffic = new Traffic(bus, choices);
        this.isTalking = choices.either();
        if (choices.either()) {
            bus.meanwhile(traffic::meanwhile);
        }
    }

    /** Contact, offers, and a channel or two. */
    void start() {
        post(message(14, 40).putInt(8, 0x5_0003).put(16, (byte) 2));
        bus.settle();
        post(message(3, 8));
        bus.settle();
        for (int channel = 1; channel <= 1 + choices.below(4); channel++) {
            describe(channel, channel, channel, 8);
            open(channel, channel, 4, 0);
        }
        bus.settle();
    }

    /** The end: everything is answered, and a guest that kept to the rules has got everything back. */
    void end() {
        traffic.settle();
    }

    /** Makes the next step; gives what it was. */
    String next() {
        int kind = isTalking ? TALKING[choices.below(TALKING.length)] : choices.below(40);
        switch (kind) {
            case 0, 1 -> contact();
            case 2 -> post(message(3, 8));
            case 3, 4, 5 -> describe();
            case 6, 7 -> describeBadly();
            case 8 -> body();
            case 9, 10, 11 -> open(channel(), choices.below(AREAS), hostRing(), vp());
            case 12 -> post(message(7, 12).putInt(8, channel()));
            case 13 -> post(message(11, 16).putInt(8, channel()).putInt(12, GuestView.gpadl(choices.below(AREAS))));
            case 14 -> post(message(22, 16).putInt(8, channel()).putInt(12, vp()));
            case 15 -> post(message(13, 12).putInt(8, channel()));
            case 16 -> unload();
            case 17 -> anything();
            case 18 -> guest.signal(choices.below(StillGuest.VPS), connection());
            case 19, 20 -> bus.work(1 + choices.below(8));
            case 21 -> bus.hear();
            case 22 -> advance();
            case 23 -> guest.messagePage(choices.below(StillGuest.VPS), choices.either());
            case 24 -> flood();
            case 25 -> host();
            case 26, 27 -> traffic.settle();
            case 28 -> traffic.words();
            case 29 -> traffic.bytes();
            case MOVE -> moveSometimes();
            default -> traffic.talk();
        }
        return "step %d".formatted(kind);
    }

    private static ByteBuffer message(int type, int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(0, type);
    }

    private void post(ByteBuffer message) {
        post(message, null);
    }

    private void post(ByteBuffer message, GuestRing ring) {
        int connection = choices.oneIn(32) ? choices.below(8) : 1;
        int vp = choices.below(StillGuest.VPS);
        bus.post(vp, connection, 1, message.array(), ring);
        if (choices.below(4) != 0) {
            bus.work(Integer.MAX_VALUE);
        }
    }

    /** One that was offered, mostly. */
    private int channel() {
        List<Integer> known = List.copyOf(view.channels.keySet());
        return known.isEmpty() || choices.oneIn(16) ? choices.below(2050) - 1 : known.get(choices.below(known.size()));
    }

    private int connection() {
        List<GuestView.Channel> known = List.copyOf(view.channels.values());
        return known.isEmpty() || choices.oneIn(16)
                ? choices.below(0x3000)
                : known.get(choices.below(known.size())).connection;
    }

    private int vp() {
        return switch (choices.below(8)) {
            case 0 -> -1;
            case 1 -> (int) choices.any();
            case 2 -> StillGuest.VPS;
            default -> choices.below(StillGuest.VPS);
        };
    }

    private int hostRing() {
        return choices.oneIn(8) ? choices.below(64) - 8 : 2 + choices.below(6);
    }

    private void contact() {
        ByteBuffer contact = message(14, choices.oneIn(8) ? 40 + choices.below(100) : 40);
        contact.putInt(8, VERSIONS[choices.below(VERSIONS.length)]);
        contact.putInt(12, choices.oneIn(4) ? vp() : 0);
        contact.put(16, (byte) (choices.oneIn(8) ? choices.below(32) : 2));
        post(contact);
    }

    private void unload() {
        post(message(16, 8));
    }

    private void describe() {
        int channel = channel();
        int pages = choices.oneIn(8) ? 1 + choices.below(60) : 4 + choices.below(20);
        describe(channel, choices.below(AREAS), choices.oneIn(4) ? choices.below(AREAS) : channel % AREAS, pages);
    }

    /** A GPADL as a driver makes it, over pages of an area, from front to back or the other way round. */
    private void describe(int channel, int gpadl, int area, int pages) {
        boolean isReversed = choices.oneIn(4);
        int inHeader = Math.min(pages, 26);
        ByteBuffer header = message(8, 28 + 8 * inHeader);
        header.putInt(8, channel).putInt(12, GuestView.gpadl(gpadl)).putShort(16, (short) (8 + 8 * pages));
        header.putShort(18, (short) 1).putInt(20, pages * PAGE);
        for (int i = 0; i < inHeader; i++) {
            header.putLong(28 + 8 * i, page(area, isReversed ? pages - 1 - i : i));
        }
        post(header);
        for (int done = inHeader; done < pages; ) {
            int some = Math.min(28, pages - done);
            ByteBuffer body = message(9, 16 + 8 * some).putInt(12, GuestView.gpadl(gpadl));
            for (int i = 0; i < some; i++, done++) {
                body.putLong(16 + 8 * i, page(area, isReversed ? pages - 1 - done : done));
            }
            post(body);
        }
    }

    private static long page(int area, int index) {
        return RING_AREA + (long) area * AREA_PAGES + index;
    }

    /** A header in which something contradicts something else. */
    private void describeBadly() {
        ByteBuffer header = message(8, 28 + 8 * choices.below(27));
        header.putInt(8, channel()).putInt(12, GuestView.gpadl(choices.below(AREAS)));
        header.putShort(16, (short) (choices.either() ? header.capacity() - 20 : choices.below(0x1_0000)));
        header.putShort(18, (short) (choices.either() ? 1 : choices.below(4)));
        header.putInt(20, choices.either() ? (header.capacity() - 28) / 8 * PAGE : (int) choices.any());
        header.putInt(24, choices.oneIn(4) ? choices.below(PAGE + 8) : 0);
        for (int at = 28; at < header.capacity(); at += Long.BYTES) {
            header.putLong(at, choices.oneIn(8) ? choices.any() : choices.below(StillGuest.PAGES + 2));
        }
        post(header);
    }

    private void body() {
        ByteBuffer body = message(9, 16 + 8 * choices.below(29)).putInt(12, GuestView.gpadl(choices.below(AREAS)));
        for (int at = 16; at < body.capacity(); at += Long.BYTES) {
            body.putLong(at, choices.below(StillGuest.PAGES + 2));
        }
        post(body);
    }

    /** Opens a channel: over fresh rings, if the memory is known for sure and the channel is not open. */
    private void open(int channel, int gpadl, int hostRing, int vp) {
        int id = GuestView.gpadl(gpadl);
        List<Gpadls.Gpadl> named = view.gpadls.of(id);
        if (named.stream().anyMatch(each -> isOverSynic(each.pages))) {
            // The host would write a ring where messages are, and it could not be told which of both it was.
            return;
        }
        GuestRing ring = null;
        for (Gpadls.Gpadl each : named) {
            int pages = each.pages.length;
            boolean isSplit = hostRing >= 1 && hostRing < pages;
            if (isSplit && traffic.isRam(each.pages)) {
                ring = new GuestRing(guest.memory(), each.pages, hostRing);
                traffic.soil(each.pages, ring);
                bus.allow(ring);
            } else if (isSplit) {
                // One page twice, for instance: the host may take it, and the guest keeps to no rule.
                bus.allow(each.pages, hostRing);
            }
        }
        GuestView.Channel known = view.channels.get(channel);
        boolean isSure = named.size() == 1 && ring != null && known != null && known.ring == null;
        if (isSure && choices.below(8) != 0) {
            ring.prepare();
        } else if (ring != null) {
            ring.isClean = false;
        }
        ByteBuffer open = message(5, 148).putInt(8, channel).putInt(12, ++opens).putInt(16, id);
        post(open.putInt(20, vp).putInt(24, hostRing), named.size() == 1 ? ring : null);
    }

    private static boolean isOverSynic(long... pages) {
        return Arrays.stream(pages).anyMatch(page -> page >= 0 && page < StillGuest.FIRST_FREE_PAGE);
    }

    /** Any bytes to any connection. */
    private void anything() {
        byte[] message = choices.bytes(choices.below(241));
        int connection = choices.either() ? 1 : choices.below(6);
        if (message.length >= 20 && (message[0] & 0xFF) == 5) {
            message[0] = 7; // rings are laid over memory by those steps that remember where
        }
        bus.post(choices.below(StillGuest.VPS), connection, 1 + choices.below(3) / 2, message, null);
        bus.work(choices.below(4));
    }

    /** Messages that the guest does not read the answers of. */
    private void flood() {
        int many = choices.below(600);
        int kind = choices.below(4);
        for (int i = 0; i < many; i++) {
            ByteBuffer message = switch (kind) {
                case 0 -> message(11, 16).putInt(8, 1).putInt(12, i);
                case 1 -> message(14, 40).putInt(8, 0x5_0003).put(16, (byte) 2);
                case 2 -> message(16, 8);
                default -> message(22, 16).putInt(8, 1).putInt(12, i % 3);
            };
            bus.post(0, 1, 1, message.array(), null);
        }
        bus.work(choices.below(256));
    }

    private void advance() {
        bus.advance(choices.either() ? choices.below(1_000_000) : 10_000_000L * choices.below(64));
        bus.work(choices.below(64));
    }

    private void moveSometimes() {
        if (choices.oneIn(16)) {
            bus.move(choices);
        }
    }

    /** What a host does while the guest goes on. */
    private void host() {
        switch (choices.below(8)) {
            case 0 -> bus.reset();
            case 1, 2, 3 -> bus.plug(choices.below(bus.devices.size()));
            default -> bus.move(choices);
        }
    }
}
