package hv.bench.vmbus;

import hv.api.vmbus.PageList;
import hv.api.vmbus.RingPacket;
import hv.api.vmbus.RingReader;
import hv.api.vmbus.RingWriter;
import hv.memory.SegmentMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One packet of 64 bytes (a head of 16 and 48 of payload) through a ring of a channel, written by one side and read by
 * the other on one thread: alone, with all that signalling asks for, and as one of 32 that are committed together.
 * Beside it a message of 64 bytes through Agrona's ring buffer for one writer and one reader, which takes as many bytes
 * of its ring, signals nobody, and trusts both sides. Both readers copy what they read.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RingBenchmark {
    private static final int BATCH = 32;
    private static final int PAGE = 4096;
    private static final int PAYLOAD_BYTES = 48;
    private static final int MESSAGE_BYTES = 64;

    /** As many as Linux gives a disk: a page of indices and 31 of data. */
    private static final int RING_PAGES = 32;

    private final byte[] payload = new byte[PAYLOAD_BYTES];
    private long transaction;

    private final RingPacket packet = new RingPacket(PAGE);
    private final byte[] message = new byte[MESSAGE_BYTES];
    private RingReader reader;
    private RingWriter writer;
    private GuestEnds guest;
    private UnsafeBuffer source;
    private OneToOneRingBuffer agrona;
    private final MessageHandler handler = (type, buffer, index, length) -> buffer.getBytes(index, message, 0, length);

    /** Lays two rings over guest memory, and Agrona's over as many bytes. */
    @Setup
    public void open() {
        int bytes = RING_PAGES * PAGE;
        MemorySegment ram = Arena.ofAuto().allocate(2L * bytes, PAGE);
        guest = new GuestEnds(ram.asSlice(0, bytes), ram.asSlice(bytes, bytes), PAYLOAD_BYTES);
        SegmentMemory memory = new SegmentMemory(ram);
        reader = new RingReader(ring(memory, 0));
        writer = new RingWriter(ring(memory, RING_PAGES));
        source = new UnsafeBuffer(new byte[MESSAGE_BYTES]);
        agrona = new OneToOneRingBuffer(
                new UnsafeBuffer(ByteBuffer.allocateDirect(bytes + RingBufferDescriptor.TRAILER_LENGTH)));
    }

    private static PageList ring(SegmentMemory memory, int first) {
        long[] numbers = new long[RING_PAGES];
        for (int i = 0; i < RING_PAGES; i++) {
            numbers[i] = first + i;
        }
        return PageList.of(memory, numbers, 0, (long) RING_PAGES * PAGE);
    }

    private boolean takeAll(int packets) {
        boolean isSignal;
        do {
            reader.begin();
            for (int i = 0; i < packets; i++) {
                if (reader.next(packet) != RingReader.Outcome.PACKET) {
                    throw new IllegalStateException("a packet is not there");
                }
                transaction += packet.longAt(PAYLOAD_BYTES - Long.BYTES);
            }
            isSignal = reader.commit();
        } while (reader.end());
        return isSignal;
    }

    private void put(int packets) {
        for (int i = 0; i < packets; i++) {
            if (writer.write(RingPacket.IN_BAND, false, i, payload, 0, PAYLOAD_BYTES) != RingWriter.Outcome.WRITTEN) {
                throw new IllegalStateException("there is no room");
            }
        }
        writer.commit();
    }

    private void agrona(int messages) {
        for (int i = 0; i < messages; i++) {
            if (!agrona.write(1, source, 0, MESSAGE_BYTES)) {
                throw new IllegalStateException("there is no room");
            }
        }
        for (int left = messages; left > 0; ) {
            left -= agrona.read(handler, left);
        }
    }

    /** The guest writes one, the host reads it. */
    @Benchmark
    public boolean guestToHost() {
        guest.send(transaction, transaction);
        return takeAll(1);
    }

    /** The guest writes 32, the host reads them in one go. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public boolean guestToHostOf32() {
        for (int i = 0; i < BATCH; i++) {
            guest.send(transaction, i);
        }
        return takeAll(BATCH);
    }

    /** The host writes one, the guest reads it. */
    @Benchmark
    public long hostToGuest() {
        put(1);
        return guest.receive();
    }

    /** The host writes 32 and shows them at once, the guest reads them. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long hostToGuestOf32() {
        put(BATCH);
        long sum = 0;
        for (int i = 0; i < BATCH; i++) {
            sum += guest.receive();
        }
        return sum;
    }

    /** One message through Agrona's ring. */
    @Benchmark
    public byte agronaMessage() {
        agrona(1);
        return message[MESSAGE_BYTES - 1];
    }

    /** 32 of them, read in one go. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public byte agronaMessageOf32() {
        agrona(BATCH);
        return message[MESSAGE_BYTES - 1];
    }
}
