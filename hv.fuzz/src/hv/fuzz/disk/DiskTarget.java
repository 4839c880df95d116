package hv.fuzz.disk;

import hv.api.vmbus.DeviceKind;
import hv.api.vmbus.DeviceSite;
import hv.api.vmbus.VmbusDevice;
import hv.fuzz.target.Choices;
import hv.fuzz.target.Effort;
import hv.fuzz.target.Finding;
import hv.fuzz.target.LogWatch;
import hv.fuzz.target.Product;
import hv.fuzz.target.Target;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * A disk, and whatever a guest can put into its ring: SCSI commands, operations of storvsc, packets that are none, and
 * indices that cannot be, while another device of the kind takes over now and then. Has to hold: nothing ends in an
 * exception or leaves an error in the log; every packet that wants a completion gets one, of 64 bytes, and no other;
 * nothing is written into guest memory but the ring and the buffer that the packet names; what is read is what was
 * written, and the file is as long as before and has what was written and nothing else.
 */
public final class DiskTarget implements Target {
    private static final int BLOCKS = 128;
    private static final int MOST_MILLIS = 1_000;
    private static final int MOST_BYTES = 16 << 20;
    private static final int STEPS_PER_LOOK = 1 << 12;

    private final DeviceKind kind;
    private final Path file;
    private final Effort effort = new Effort();
    private final LogWatch log = new LogWatch();
    private long transactions;

    /** On the newest kind of disk that is deployed. */
    public DiskTarget(Product product) {
        kind = product.devices().stream()
                .filter(each -> each.id().equals("storvsc"))
                .findFirst()
                .orElseThrow();
        try {
            file = Files.createTempFile("hv-fuzz", ".img");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        file.toFile().deleteOnExit();
    }

    /** One guest. */
    private final class Attack {
        private final Choices choices;
        private final DiskChannel channel = new DiskChannel();
        private final DiskModel model = new DiskModel(BLOCKS);
        private final byte[] shadow = new byte[DiskChannel.ALL_PAGES * DiskChannel.PAGE];
        private final byte[] seen = new byte[shadow.length];
        private VmbusDevice device = made();

        Attack(Choices choices) {
            this.choices = choices;
            channel.open();
            device.opened(channel);
        }

        void step() {
            switch (choices.below(24)) {
                case 0 -> control();
                case 1 -> raw();
                case 2 -> broken();
                case 3 -> swap();
                default -> request();
            }
        }

        private void request() {
            DiskRequest request = new DiskRequest(choices, BLOCKS);
            for (int i = choices.below(4); i > 0 && request.pages.length > 0; i--) {
                // Some data; for UNMAP perhaps a list.
                long page = request.pages[0];
                if (page >= DiskChannel.DATA_PAGE && page < DiskChannel.ALL_PAGES - 2) {
                    int at = choices.below(64) * Long.BYTES;
                    channel.ram().putLong(page * DiskChannel.PAGE + at, choices.either() ? choices.any() : 16);
                }
            }
            channel.ram().read(0, shadow, 0, shadow.length);
            byte[] before = buffer(request, shadow);
            ByteBuffer answer = exchange(request.packet(++transactions), transactions);
            channel.ram().read(0, seen, 0, seen.length);
            int status = answer.getShort(16 + 14);
            boolean isDone = status == 1;
            if (isDone && (!request.hasCommand() || request.isDirect && !request.hasPages())) {
                throw new Finding("what is no request was done");
            }
            requireUntouched(request);
            if (isDone && request.isForTarget() && request.lun == 0) {
                model.done(request.cdb, before, buffer(request, seen));
            }
        }

        /** As much of the guest's buffer as may be moved. */
        private byte[] buffer(DiskRequest request, byte[] memory) {
            if (!request.hasPages() || !request.hasCommand()) {
                return new byte[0];
            }
            byte[] bytes = new byte[request.room()];
            for (int i = 0; i < bytes.length; i++) {
                int at = request.offset + i;
                bytes[i] =
                        memory[(int) request.pages[at / DiskChannel.PAGE] * DiskChannel.PAGE + at % DiskChannel.PAGE];
            }
            return bytes;
        }

        /** Beside the rings and the buffer nothing has changed. */
        private void requireUntouched(DiskRequest request) {
            if (request.isDirect && request.hasPages()) {
                for (int i = 0; i < Math.max(0, request.room()); i++) {
                    int at = request.offset + i;
                    int place = (int) request.pages[at / DiskChannel.PAGE] * DiskChannel.PAGE + at % DiskChannel.PAGE;
                    shadow[place] = seen[place];
                }
            }
            int from = 2 * DiskChannel.RING_PAGES * DiskChannel.PAGE;
            int changed = Arrays.mismatch(shadow, from, shadow.length, seen, from, seen.length);
            if (changed >= 0) {
                throw new Finding("guest memory was written at 0x%x, which is no buffer".formatted(from + changed));
            }
        }

        /** Sends a packet that wants a completion, and waits for it. */
        private ByteBuffer exchange(byte[] packet, long transaction) {
            channel.send(packet);
            device.woken();
            ByteBuffer answer = channel.receive();
            while (answer == null) {
                channel.awaitWake();
                device.woken();
                answer = channel.receive();
            }
            boolean isRight = answer.getShort(0) == 0xB
                    && answer.capacity() == 16 + 64
                    && answer.getLong(8) == transaction
                    && answer.getInt(16) == 1;
            if (!isRight || channel.receive() != null) {
                throw new Finding("what was asked is not answered by one completion of 64 bytes");
            }
            return answer;
        }

        private void control() {
            byte[] packet = new byte[16 + 64];
            packet[0] = 6;
            packet[2] = 2;
            packet[4] = 10;
            packet[6] = 1;
            packet[8] = 77;
            packet[16] = (byte) choices.below(16);
            if (packet[16] == 3) {
                packet[16] = 7;
            }
            packet[28] = (byte) choices.below(256);
            packet[29] = (byte) choices.below(16);
            exchange(packet, 77);
        }

        /** A packet of any kind, or none; it may break the ring, and may be answered. */
        private void raw() {
            byte[] packet = new byte[16 + Long.BYTES * choices.below(20)];
            for (int i = 0; i < packet.length; i++) {
                packet[i] = (byte) choices.below(256);
            }
            packet[1] = 0;
            packet[2] = choices.oneIn(4) ? packet[2] : 2;
            packet[3] = 0;
            packet[4] = (byte) (choices.oneIn(8) ? packet[4] : packet.length / Long.BYTES);
            packet[5] = 0;
            packet[6] = 0;
            packet[7] = 0;
            channel.send(packet);
            device.woken();
            settle();
            again();
        }

        private void broken() {
            int at = Integer.BYTES * choices.below(4);
            channel.scribble(choices.either(), at, choices.either() ? (int) choices.any() : 8 * choices.below(2048));
            device.woken();
            settle();
            again();
        }

        private void settle() {
            while (!device.settle()) {
                channel.awaitWake();
            }
        }

        /** The guest closes the channel and opens it anew; what is in the file now is what it has to hold. */
        private void again() {
            device.closed();
            channel.open();
            device.opened(channel);
            try {
                System.arraycopy(Files.readAllBytes(file), 0, model.bytes(), 0, BLOCKS * DiskModel.BLOCK);
            } catch (IOException e) {
                throw new Finding("the file cannot be read", e);
            }
        }

        /** Another device takes over. */
        private void swap() {
            settle();
            Map<String, Object> given = device.handOver();
            VmbusDevice next = made();
            next.takeOver(given);
            channel.lay();
            next.resumed(channel);
            device.left();
            device = next;
            device.woken();
        }

        void look() {
            try {
                if (!Arrays.equals(model.bytes(), Files.readAllBytes(file))) {
                    throw new Finding("the file has not what was written, or another length");
                }
            } catch (IOException e) {
                throw new Finding("the file cannot be read", e);
            }
        }

        void end() {
            settle();
            look();
            device.closed();
            device.left();
        }
    }

    private VmbusDevice made() {
        return kind.create(new DeviceSite("fuzz", Map.of("disks", file.toString())));
    }

    @Override
    public int run(byte[] input) throws IOException {
        Files.write(file, new byte[BLOCKS * DiskModel.BLOCK]);
        Choices choices = new Choices(input);
        Attack attack = new Attack(choices);
        int steps = 0;
        while (choices.hasMore()) {
            effort.begin();
            attack.step();
            effort.end("a step", MOST_MILLIS, MOST_BYTES);
            if (++steps % STEPS_PER_LOOK == 0) {
                attack.look();
            }
        }
        attack.end();
        log.check();
        return steps + 1;
    }
}
