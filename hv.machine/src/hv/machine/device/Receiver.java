package hv.machine.device;

/**
 * The receiver of a 16550A (data sheet, "Receiver Buffer Register", "FIFO Control Register"): one character as a 16450
 * has it, or a FIFO of 16 when FCR bit 0 is set.
 *
 * <p>A character that comes when there is no room is an overrun, LSR bit 1, until LSR is read: it takes the place of
 * the one in the buffer register, or is lost when the FIFO is full. The trigger level, FCR bits 7:6, is how many
 * characters are "received data available"; fewer are a "character timeout" when four character times have passed
 * without one. Here characters take no time, so what is below the trigger level has timed out when no more is on its
 * way.
 *
 * <p>Guarded by the {@link Uart16550} that has it.
 */
final class Receiver {
    static final int FIFO_BYTES = 16;

    private static final int FCR_ENABLE = 0x01;
    private static final int FCR_RESET_RECEIVER = 0x02;
    private static final int FCR_TRIGGER = 0xC0;
    private static final int FCR_KEPT = FCR_TRIGGER | FCR_ENABLE;

    private final ByteQueue fifo = new ByteQueue(FIFO_BYTES);
    private int control;
    private boolean isOverrun;
    private int last;

    /** FCR is written. While bit 0 is 0 the others count for nothing; a change of bit 0 empties the FIFO. */
    void control(int value) {
        boolean enabled = (value & FCR_ENABLE) != 0;
        if (enabled != hasFifo() || enabled && (value & FCR_RESET_RECEIVER) != 0) {
            fifo.clear();
        }
        control = enabled ? value & FCR_KEPT : 0;
    }

    boolean hasFifo() {
        return (control & FCR_ENABLE) != 0;
    }

    /** Whether a character can come without an overrun. */
    boolean hasRoom() {
        return hasFifo() ? !fifo.isFull() : fifo.isEmpty();
    }

    /** A character comes. */
    void accept(int value) {
        if (!hasRoom()) {
            isOverrun = true;
            if (hasFifo()) {
                return;
            }
            fifo.clear();
        }
        fifo.add(value);
    }

    /** RBR is read: the oldest character, or the last one again. */
    int read() {
        if (!fifo.isEmpty()) {
            last = fifo.remove();
        }
        return last;
    }

    boolean hasData() {
        return !fifo.isEmpty();
    }

    /** Whether there is as much as the guest wants to be told of. */
    boolean isAtTrigger() {
        return fifo.size() >= trigger();
    }

    private int trigger() {
        return switch (control >>> 6) {
            case 1 -> 4;
            case 2 -> 8;
            case 3 -> 14;
            default -> 1;
        };
    }

    boolean isOverrun() {
        return isOverrun;
    }

    /** LSR has been read. */
    void clearOverrun() {
        isOverrun = false;
    }

    /** FCR as it was written, without the bits that only do something. */
    int control() {
        return control;
    }

    /** How many characters there are. */
    int size() {
        return fifo.size();
    }

    /** The characters, oldest first, and zeros behind them: {@value #FIFO_BYTES} bytes. */
    byte[] contents() {
        return fifo.contents();
    }

    /** Has this state and no other; {@code size} characters fit. */
    void set(int fifoControl, boolean overrun, byte[] contents, int size) {
        control = fifoControl;
        isOverrun = overrun;
        last = 0;
        fifo.clear();
        for (int i = 0; i < size; i++) {
            fifo.add(contents[i]);
        }
    }

    /** Whether {@code fifoControl} is a value of {@link #control} with which {@code size} characters fit. */
    static boolean isPossible(int fifoControl, int size) {
        boolean enabled = (fifoControl & FCR_ENABLE) != 0;
        return (fifoControl & ~FCR_KEPT) == 0 && (enabled || fifoControl == 0) && size <= (enabled ? FIFO_BYTES : 1);
    }
}
