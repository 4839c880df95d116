package hv.api.vmbus;

import hv.api.GuestMemory;

/** The first page of a ring: the words through which the two sides tell each other how far they are. */
final class RingControl {
    private static final int WRITE_INDEX = 0;
    private static final int READ_INDEX = 4;
    private static final int INTERRUPT_MASK = 8;
    private static final int PENDING_SEND = 12;
    private static final int FEATURES = 64;

    /** The producer honours the word at 12. */
    private static final int FEATURE_PENDING_SEND = 1;

    private final GuestMemory memory;
    private final long page;

    RingControl(GuestMemory memory, long page) {
        this.memory = memory;
        this.page = page;
    }

    int writeIndex() {
        return memory.getIntAcquire(page + WRITE_INDEX);
    }

    int readIndex() {
        return memory.getIntAcquire(page + READ_INDEX);
    }

    void writeIndex(int index) {
        memory.putIntRelease(page + WRITE_INDEX, index);
    }

    void readIndex(int index) {
        memory.putIntRelease(page + READ_INDEX, index);
    }

    boolean isMasked() {
        return memory.getIntAcquire(page + INTERRUPT_MASK) != 0;
    }

    void mask(boolean isMasked) {
        memory.putIntRelease(page + INTERRUPT_MASK, isMasked ? 1 : 0);
    }

    /** Bytes that the producer waits for; some guests store one less than they mean. */
    int pendingSend() {
        return memory.getIntAcquire(page + PENDING_SEND);
    }

    void pendingSend(int bytes) {
        memory.putIntRelease(page + PENDING_SEND, bytes);
    }

    void announcePendingSend() {
        memory.putInt(page + FEATURES, FEATURE_PENDING_SEND);
    }

    void fence() {
        memory.fullFence();
    }
}
