package hv.machine.boot;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A payload in LZ4's legacy frame format, which the kernel's build makes by {@code lz4 -l}: the magic number
 * 0x184C2102, then blocks of [u32 compressed size][data] that give 8 MiB each, the last one less; and, added by the
 * build, the size of the whole (LZ4 Frame Format Description, "Legacy frame"), which says how many blocks there are. No
 * block refers to another, so two threads unpack them.
 */
final class Lz4Payload implements Packed {
    private static final int MAGIC = 0x184C_2102;
    private static final int BLOCK_BYTES = 8 << 20;
    /** What a block that cannot be compressed at all may have (LZ4_COMPRESSBOUND). */
    private static final int MOST_PACKED_BYTES = BLOCK_BYTES + BLOCK_BYTES / 255 + 16;
    /** Magic number, size of one block, size of the whole. */
    private static final int LEAST_BYTES = 12;

    private final LinuxHeader header;
    private final String name;

    Lz4Payload(LinuxHeader header, String name) {
        this.header = header;
        this.name = name;
    }

    static boolean isLz4(LinuxHeader header) {
        return header.payloadBytes() >= LEAST_BYTES && header.file().getInt(header.payload()) == MAGIC;
    }

    /** Where one lies in the file. */
    private record Block(int begin, int end) {
        byte[] bytes(ByteBuffer file, byte[] reused) {
            byte[] bytes = reused.length >= end - begin ? reused : new byte[end - begin];
            file.get(begin, bytes, 0, end - begin);
            return bytes;
        }
    }

    @Override
    public byte[] head(int most) throws ImageException {
        Block first = blocks(1).getFirst();
        byte[] head = new byte[most];
        byte[] packed = first.bytes(header.file(), new byte[0]);
        int length = new Lz4Block(packed, 0, packed.length).unpackPart(head);
        if (length < 0) {
            throw damaged();
        }
        return length == most ? head : Arrays.copyOf(head, length);
    }

    @Override
    public long unpack(long wanted, Sink sink) throws ImageException {
        long all = bytesOfAll();
        boolean isWhole = all <= wanted + SLACK_BYTES;
        int count = blocksOf(isWhole ? all : wanted);
        Work work = new Work(blocks(count), sink);
        Thread other = Thread.ofPlatform().name("hv-unpack").daemon().start(work::run);
        work.run();
        long unpacked = work.finish(other);
        if (unpacked < 0 || !isWhole && unpacked != (long) count * BLOCK_BYTES) {
            throw damaged();
        }
        if (isWhole && unpacked != all) {
            throw new ImageException(
                    name,
                    "its kernel has %d bytes when unpacked and not %d as it says: copy it again"
                            .formatted(unpacked, all));
        }
        return unpacked;
    }

    private long bytesOfAll() {
        return Integer.toUnsignedLong(header.file().getInt(sizeOfAll()));
    }

    /** At least one; at most 512, since there are 4 GiB at most. */
    private static int blocksOf(long bytes) {
        return (int) Math.max(1, (bytes + BLOCK_BYTES - 1) / BLOCK_BYTES);
    }

    /** What threads share that unpack blocks: each takes the next one. */
    private final class Work {
        private final List<Block> blocks;
        private final Sink sink;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger lastBytes = new AtomicInteger();
        private volatile boolean isBroken;
        private final AtomicReference<Throwable> failure = new AtomicReference<>();

        Work(List<Block> blocks, Sink sink) {
            this.blocks = blocks;
            this.sink = sink;
        }

        /** Whatever goes wrong is thrown by {@link #finish}. */
        void run() {
            try {
                if (!unpack()) {
                    isBroken = true;
                }
            } catch (Throwable e) {
                failure.compareAndSet(null, e);
                isBroken = true;
            }
        }

        private boolean unpack() {
            byte[] packed = new byte[0];
            byte[] unpacked = new byte[0];
            for (int i = next.getAndIncrement(); i < blocks.size() && !isBroken; i = next.getAndIncrement()) {
                unpacked = unpacked.length == 0 ? new byte[BLOCK_BYTES] : unpacked;
                Block block = blocks.get(i);
                packed = block.bytes(header.file(), packed);
                int length = new Lz4Block(packed, 0, block.end - block.begin).unpack(unpacked);
                boolean isLast = i == blocks.size() - 1;
                if (length < 0 || !isLast && length != BLOCK_BYTES) {
                    return false;
                }
                sink.accept((long) i * BLOCK_BYTES, unpacked, length);
                if (isLast) {
                    lastBytes.set(length);
                }
            }
            return true;
        }

        /** How much it was; -1 if something is damaged. */
        long finish(Thread other) {
            boolean interrupted = false;
            while (other.isAlive()) {
                try {
                    other.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            switch (failure.get()) {
                case null -> {}
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case Throwable e -> throw new IllegalStateException(e);
            }
            return isBroken ? -1 : (blocks.size() - 1L) * BLOCK_BYTES + lastBytes.get();
        }
    }

    /** The first {@code count}, 1 or more; if that is all that there are to be, there is nothing behind them. */
    private List<Block> blocks(int count) throws ImageException {
        List<Block> blocks = new ArrayList<>(count);
        int at = header.payload() + 4;
        while (blocks.size() < count) {
            long size = at + 4 > sizeOfAll()
                    ? 0
                    : Integer.toUnsignedLong(header.file().getInt(at));
            if (size == 0 || size > MOST_PACKED_BYTES || at + 4 + size > sizeOfAll()) {
                throw damaged();
            }
            blocks.add(new Block(at + 4, (int) (at + 4 + size)));
            at = blocks.getLast().end;
        }
        if (at < sizeOfAll() && count == blocksOf(bytesOfAll())) {
            throw damaged();
        }
        return blocks;
    }

    private int sizeOfAll() {
        return header.payload() + header.payloadBytes() - 4;
    }

    private ImageException damaged() {
        return new ImageException(name, "its LZ4 data is damaged: copy it again");
    }
}
