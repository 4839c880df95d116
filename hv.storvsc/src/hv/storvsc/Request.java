package hv.storvsc;

import hv.api.vmbus.RingPacket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * One request of the guest, from the packet that carries it to the packet that completes it: the private copy of what
 * it wants, its pages, and what has become of it. Used again for the next one. It belongs to the thread that serves the
 * channel, and between {@link #queued} and {@link #done} to the thread that does its work.
 *
 * <p>The 64 bytes are those of storvsc: operation, flags, status, then the SCSI request block (SRB).
 */
final class Request implements Runnable {
    static final int BYTES = 64;
    static final int CDB_BYTES = 16;

    /** What is left to do on a thread that may wait. */
    enum Work {
        READ,
        WRITE,
        FLUSH,
        UNMAP,
        WRITE_SAME
    }

    // Who has it.
    private static final int FREE = 0;
    private static final int TAKEN = 1;
    private static final int QUEUED = 2;
    private static final int RUNNING = 3;
    private static final int DONE = 4;

    private static final int COMPLETE_IO = 1;
    private static final int FLAGS_AT = 4;
    private static final int STATUS_AT = 8;
    private static final int SRB_STATUS_AT = 14;
    private static final int SCSI_STATUS_AT = 15;
    private static final int PATH_AT = 17;
    private static final int TARGET_AT = 18;
    private static final int LUN_AT = 19;
    private static final int CDB_LENGTH_AT = 20;
    private static final int SENSE_LENGTH_AT = 21;
    private static final int TRANSFER_AT = 24;
    private static final int CDB_AT = 28;

    private static final int SUCCESS = 1;
    private static final int ABORTED = 2;
    private static final int NO_DEVICE = 0x20;
    private static final int ERROR_WITH_SENSE = 0x84;
    private static final int INVALID = 6;
    private static final int CHECK_CONDITION = 2;

    final byte[] bytes = new byte[BYTES];
    final byte[] cdb = new byte[CDB_BYTES];
    final GuestBuffer buffer = new GuestBuffer();
    private final AtomicInteger owner = new AtomicInteger();
    private final Consumer<Request> worker;

    long transaction;
    boolean wantsCompletion;
    long begunNanos;
    boolean isComplainedOf;
    Lun lun;
    Work work;

    /** Where it is among those that are under way. */
    int index;

    /** Where on the disk, and how much, in bytes. */
    long at;

    long length;

    /** Whether what is written is to be durable; of {@link Work#WRITE_SAME}, whether the range is given back. */
    boolean flag;

    /** @param worker does its work, on a thread that may wait */
    Request(Consumer<Request> worker) {
        this.worker = worker;
    }

    @Override
    public void run() {
        worker.accept(this);
    }

    /** Takes a packet of 64 bytes of payload or more. */
    void take(RingPacket packet) {
        owner.set(TAKEN);
        transaction = packet.transaction();
        wantsCompletion = packet.wantsCompletion();
        isComplainedOf = false;
        lun = null;
        work = null;
        packet.copy(0, bytes, 0, BYTES);
        System.arraycopy(bytes, CDB_AT, cdb, 0, CDB_BYTES);
        buffer.clear();
    }

    int operation() {
        return bytes[0] & 0xFF;
    }

    /** Whether the first target of the first bus is meant, which is the only one there is. */
    boolean isOfTarget() {
        return bytes[PATH_AT] == 0 && bytes[TARGET_AT] == 0;
    }

    int lunNumber() {
        return bytes[LUN_AT] & 0xFF;
    }

    boolean hasCdb() {
        int length = bytes[CDB_LENGTH_AT] & 0xFF;
        return length >= 1 && length <= CDB_BYTES;
    }

    int command() {
        return cdb[0] & 0xFF;
    }

    /** How many bytes the guest lets be moved, as far as it has named pages for them. */
    int room() {
        return Math.min(wanted(), buffer.bytes());
    }

    /** How many bytes the guest lets be moved; negative for 2 GiB and more. */
    int wanted() {
        return intAt(TRANSFER_AT);
    }

    int byteAt(int at) {
        return bytes[at] & 0xFF;
    }

    int intAt(int at) {
        return byteAt(at) | byteAt(at + 1) << 8 | byteAt(at + 2) << 16 | byteAt(at + 3) << 24;
    }

    void putInt(int at, int value) {
        for (int i = 0; i < Integer.BYTES; i++) {
            bytes[at + i] = (byte) (value >> 8 * i);
        }
    }

    /** A number of the command, the highest byte first. */
    long number(int at, int length) {
        long value = 0;
        for (int i = 0; i < length; i++) {
            value = value << 8 | cdb[at + i] & 0xFF;
        }
        return value;
    }

    /** Gives the guest what a command answers: no more than it asked for and has room for. */
    void answer(byte[] data, int length, long allocated) {
        int moved = (int) Math.min(Math.min(length, allocated), Math.max(0, room()));
        buffer.put(0, data, 0, moved);
        succeed(moved);
    }

    void succeed(int moved) {
        srb(SUCCESS, 0, moved, 0);
    }

    void fail(int sense) {
        srb(ERROR_WITH_SENSE, CHECK_CONDITION, 0, Sense.BYTES);
        Sense.put(sense, bytes, CDB_AT);
    }

    /** There is no such logical unit. */
    void absent() {
        srb(NO_DEVICE, CHECK_CONDITION, 0, 0);
    }

    /** It is no request that can be done. */
    void invalid() {
        srb(INVALID, 0, 0, 0);
    }

    /** Nobody has done it. */
    void aborted() {
        srb(ABORTED, 0, 0, 0);
    }

    private void srb(int srbStatus, int scsiStatus, int moved, int senseLength) {
        complete(0);
        bytes[SRB_STATUS_AT] = (byte) srbStatus;
        bytes[SCSI_STATUS_AT] = (byte) scsiStatus;
        bytes[SENSE_LENGTH_AT] = (byte) senseLength;
        putInt(TRANSFER_AT, moved);
    }

    /** Its answer has this status (NTSTATUS). */
    void complete(int status) {
        putInt(0, COMPLETE_IO);
        putInt(FLAGS_AT, 0);
        putInt(STATUS_AT, status);
    }

    /** It is for another thread now. */
    void queued() {
        begunNanos = System.nanoTime();
        owner.set(QUEUED);
    }

    /** A thread begins with it; false if it was taken back. */
    boolean begin() {
        return owner.compareAndSet(QUEUED, RUNNING);
    }

    /** The thread is done with it. */
    void done() {
        owner.set(DONE);
    }

    /** Whoever serves the channel takes it back from a queue that nobody empties; false if a thread has begun. */
    boolean takeBack() {
        return owner.compareAndSet(QUEUED, TAKEN);
    }

    boolean isRunning() {
        return owner.get() == RUNNING;
    }

    void free() {
        owner.set(FREE);
        lun = null;
        buffer.clear();
    }
}
