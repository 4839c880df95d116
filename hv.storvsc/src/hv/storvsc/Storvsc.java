package hv.storvsc;

import hv.api.StateException;
import hv.api.device.GuestDisks;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.vmbus.ChannelOffer;
import hv.api.vmbus.VmbusChannel;
import hv.api.vmbus.VmbusDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A SCSI controller with the guest's disks.
 *
 * <p>What the guest sees: a device of kind ba6163d9-04a1-4d29-b605-72e2ffb1dc7f, for which Linux has hv_storvsc, and on
 * it target 0 with up to 64 logical units. The guest agrees on a version (6.2, 6.0 or 5.1) and then sends packets of 64
 * bytes, each with a command of SCSI in it, and where data is moved the numbers of the pages for it. Each is answered
 * by a completion with the same transaction and exactly 64 bytes.
 *
 * <p>How it works: {@link Session} takes packets and writes completions, on the thread that serves the channel. What
 * SCSI asks for is {@link Commands}'s, what the disk says of itself {@link Inquiry}'s. What is in the host's page cache
 * is read there and then; what may wait is done by {@link IoThreads}, in {@link Luns}, on a {@link Store}, straight
 * from or into the pages of the guest. A guest never gives a command up, so none may be lost: each one taken is counted
 * until its completion is in the ring.
 *
 * <p>A successor goes on with the version, the completions that found no room, and what keeps the bytes as it is open;
 * what was under way has been completed before. Linux sees neither an error nor a reset.
 */
final class Storvsc implements VmbusDevice, GuestDisks, Controller {
    private static final UUID KIND = UUID.fromString("ba6163d9-04a1-4d29-b605-72e2ffb1dc7f");

    // Operations.
    private static final int EXECUTE_SRB = 3;
    private static final int RESET_LUN = 4;
    private static final int RESET_BUS = 6;
    private static final int BEGIN_INIT = 7;
    private static final int END_INIT = 8;
    private static final int QUERY_VERSION = 9;
    private static final int QUERY_PROPERTIES = 10;

    private static final int DATA_AT = 12;
    private static final int MOST_TRANSFER_AT = 24;
    private static final List<Integer> VERSIONS = List.of(0x602, 0x600, 0x501);
    private static final int REVISION_MISMATCH = 0xC000_0059;
    private static final int UNSUCCESSFUL = 0xC000_0001;
    private static final int OWED_BYTES = Long.BYTES + Request.BYTES;

    /** So long the first requests wait for disks to be opened; afterwards the guest is told that they are not ready. */
    private static final long OPENING_NANOS = 5_000_000_000L;

    private final ChannelOffer offer;
    private final Luns luns;

    /** Null while the channel is closed. */
    private VmbusChannel channel;

    private Session session;
    private volatile int version;
    private byte[] owedBefore = {};
    private volatile long waitUntilNanos;
    private volatile boolean isRescanDue;
    private volatile VmbusChannel open;

    Storvsc(String name, List<DiskText> disks) {
        UUID instance = UUID.nameUUIDFromBytes(("hv.storvsc " + name).getBytes(StandardCharsets.UTF_8));
        offer = new ChannelOffer(KIND, instance, ChannelOffer.INTERFACE, 0, Session.MOST_PACKET_BYTES);
        luns = new Luns(new IoThreads(name, Session.MOST), disks);
    }

    @Override
    public ChannelOffer offer() {
        return offer;
    }

    @Override
    public void opened(VmbusChannel opened) {
        closed();
        begin(opened);
    }

    @Override
    public void resumed(VmbusChannel resumed) {
        begin(resumed);
        ByteBuffer owed = ByteBuffer.wrap(owedBefore);
        while (owed.remaining() >= OWED_BYTES) {
            long transaction = owed.getLong();
            byte[] bytes = new byte[Request.BYTES];
            owed.get(bytes);
            session.owes(transaction, bytes);
        }
        owedBefore = new byte[0];
    }

    private void begin(VmbusChannel opened) {
        channel = opened;
        open = opened;
        session = new Session(opened, this);
        luns.openGiven();
        luns.open(opened::wake);
        waitUntilNanos = System.nanoTime() + OPENING_NANOS;
    }

    @Override
    public void woken() {
        if (waitUntilNanos != 0 && luns.isOpening() && System.nanoTime() < waitUntilNanos) {
            // Whoever opens them wakes the channel; this is for a server that does not answer.
            channel.wakeAt(channel.referenceTime100ns() + OPENING_NANOS / 100);
            return;
        }
        waitUntilNanos = 0;
        session.serve();
    }

    @Override
    public boolean settle() {
        return session.settle();
    }

    @Override
    public void begin(Request request) {
        switch (request.operation()) {
            case EXECUTE_SRB -> execute(request);
            case BEGIN_INIT, END_INIT, RESET_LUN, RESET_LUN + 1, RESET_BUS -> request.complete(0);
            case QUERY_VERSION -> {
                int asked = request.byteAt(DATA_AT) | request.byteAt(DATA_AT + 1) << Byte.SIZE;
                boolean isKnown = VERSIONS.contains(asked);
                version = isKnown ? asked : version;
                request.complete(isKnown ? 0 : REVISION_MISMATCH);
            }
            case QUERY_PROPERTIES -> {
                for (int at = DATA_AT; at < Request.BYTES; at += Integer.BYTES) {
                    request.putInt(at, 0);
                }
                request.putInt(MOST_TRANSFER_AT, GuestBuffer.MOST_BYTES);
                request.complete(0);
            }
            default -> request.complete(UNSUCCESSFUL);
        }
    }

    private void execute(Request request) {
        if (!request.hasCdb() || request.wanted() < 0 || request.wanted() > GuestBuffer.MOST_BYTES) {
            request.invalid();
            return;
        }
        int command = request.command();
        Lun lun = request.isOfTarget() ? luns.get(request.lunNumber()) : null;
        if (command == Commands.REPORT_LUNS) {
            report(request, request.isOfTarget() ? luns.list() : List.of());
        } else if (lun == null && command == Commands.INQUIRY) {
            Inquiry.absent(request);
        } else if (lun == null && request.isOfTarget()) {
            request.absent();
        } else if (lun == null) {
            // Of a unit that is said to be absent Linux takes away the one with its number on the first bus.
            request.fail(Sense.NO_SUCH_UNIT);
        } else {
            execute(request, lun);
        }
    }

    private void execute(Request request, Lun lun) {
        request.lun = lun;
        int command = request.command();
        boolean isForAll = command == Commands.INQUIRY || command == Commands.REQUEST_SENSE;
        if (!isForAll && lun.store() == null) {
            luns.openAgain(channel::wake);
            request.fail(Sense.BECOMING_READY);
            return;
        }
        if (!isForAll && lun.attention() != Sense.NONE) {
            request.fail(lun.takeAttention());
            return;
        }
        Commands.begin(request, lun);
    }

    private static void report(Request request, List<Lun> all) {
        ByteBuffer data = ByteBuffer.allocate(Long.BYTES + Long.BYTES * Math.max(1, all.size()));
        data.putInt(Math.max(0, Long.BYTES * all.size())).putInt(0);
        all.forEach(lun -> data.putLong((long) lun.number << 48));
        request.answer(data.array(), Long.BYTES + Long.BYTES * all.size(), request.number(6, 4));
    }

    @Override
    public boolean submit(Request request) {
        return luns.submit(request);
    }

    @Override
    public boolean isRescanDue() {
        return isRescanDue;
    }

    @Override
    public void rescanned() {
        isRescanDue = false;
    }

    private void rescan() {
        isRescanDue = true;
        VmbusChannel listening = open;
        if (listening != null) {
            listening.wake();
        }
    }

    @Override
    public void save(StateWriter out) {
        out.put("version", version);
        List<Request> owed = session == null ? List.of() : session.owed();
        ByteBuffer bytes = ByteBuffer.allocate(owedBefore.length + OWED_BYTES * owed.size());
        bytes.put(owedBefore);
        owed.forEach(request -> bytes.putLong(request.transaction).put(request.bytes));
        out.put("owed", bytes.array());
        out.put("rescan", isRescanDue ? 1 : 0);
        long present = 0;
        for (Lun lun : luns.list()) {
            present |= 1L << lun.number;
            out.put("lun%d.bytes".formatted(lun.number), lun.bytes());
            out.put("lun%d.attention".formatted(lun.number), lun.attention());
        }
        out.put("luns", present);
    }

    @Override
    public void restore(StateReader in) throws StateException {
        long agreed = in.get("version");
        byte[] owed = in.bytes("owed");
        long rescan = in.get("rescan");
        long present = in.get("luns");
        boolean isVersion = agreed == 0 || agreed == (int) agreed && VERSIONS.contains((int) agreed);
        if (!isVersion
                || owed.length % OWED_BYTES != 0
                || owed.length > OWED_BYTES * Session.MOST
                || rescan >>> 1 != 0) {
            throw new StateException(
                    "version is 0x%x, owed has %d bytes, rescan is %d".formatted(agreed, owed.length, rescan));
        }
        long[] bytes = new long[Luns.MOST];
        int[] attention = new int[Luns.MOST];
        for (int i = 0; i < Luns.MOST; i++) {
            if ((present >>> i & 1) != 0) {
                bytes[i] = in.get("lun%d.bytes".formatted(i));
                attention[i] = (int) in.get("lun%d.attention".formatted(i));
                if (bytes[i] < 0 || attention[i] != Sense.NONE && attention[i] != Sense.CAPACITY_CHANGED) {
                    throw new StateException(
                            "disk %d has %d bytes and attention 0x%x".formatted(i, bytes[i], attention[i]));
                }
            }
        }
        version = (int) agreed;
        owedBefore = owed.clone();
        isRescanDue = rescan == 1;
        for (int i = 0; i < Luns.MOST; i++) {
            if ((present >>> i & 1) != 0) {
                luns.restored(i, bytes[i], attention[i]);
            }
        }
    }

    @Override
    public Map<String, Object> handOver() {
        return luns.handOver();
    }

    @Override
    public void takeOver(Map<String, Object> handedOver) {
        luns.takeOver(handedOver);
    }

    @Override
    public void left() {
        open = null;
        luns.end();
    }

    @Override
    public void closed() {
        open = null;
        channel = null;
        if (session != null) {
            session.end();
            session = null;
        }
        version = 0;
        owedBefore = new byte[0];
        isRescanDue = false;
    }

    @Override
    public List<Disk> disks() {
        return luns.list().stream().map(Lun::shown).toList();
    }

    @Override
    public int attach(String disk) {
        int number = luns.attach(DiskText.parse(disk));
        rescan();
        return number;
    }

    @Override
    public void detach(int lun) {
        if (!luns.detach(lun)) {
            throw new IllegalArgumentException("there is no disk " + lun);
        }
        rescan();
    }

    @Override
    public long resize(int number, long bytes) {
        Lun lun = luns.get(number);
        if (lun == null || bytes < 0 || bytes % Lun.BLOCK_BYTES != 0) {
            throw new IllegalArgumentException(
                    lun == null ? "there is no disk " + number : "a size is a multiple of 512 bytes");
        }
        try {
            lun.resize(bytes);
        } catch (IOException e) {
            throw new IllegalStateException("disk %d keeps its size: %s".formatted(number, e.getMessage()), e);
        }
        rescan();
        return lun.bytes();
    }

    @Override
    public Map<String, String> facts() {
        Map<String, String> facts = new TreeMap<>();
        for (Disk disk : disks()) {
            String state = disk.trouble().isEmpty() ? "" : ", " + disk.trouble();
            facts.put(
                    "disk" + disk.lun(),
                    "%s, %d MiB%s".formatted(DiskText.shown(disk.source()), disk.bytes() >> 20, state));
        }
        return facts;
    }
}
