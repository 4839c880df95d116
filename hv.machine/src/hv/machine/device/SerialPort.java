package hv.machine.device;

import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.api.machine.InterruptLine;
import hv.api.machine.SectionReader;
import java.util.function.Supplier;

/**
 * The first serial port (COM1, 0x3F8, ISA interrupt 4): a {@link Uart16550} between a stream, which gets what the guest
 * transmits, and a line, on which lies what the host has sent and the guest has not read.
 *
 * <p>The line obeys RTS: what is sent to a guest that has not opened the port waits, because opening it empties the
 * FIFO. It is the host's: a reset does not touch it, and it is not saved.
 *
 * <p>Ports are accessed on VP threads, {@link #receive} and {@link #offer} are for any other. All hold one lock.
 */
public final class SerialPort implements PortDevice, SavedDevice, AutoCloseable {
    static final int COM1 = 0x3F8;
    public static final int COM1_GSI = 4;
    /** As much as waits on the line. */
    static final int LINE_BYTES = 4096;

    private static final int REGISTERS = 8;

    private final SerialOutput output;
    private final Supplier<Runnable> stall;
    private final Uart16550 chip;
    private final InterruptLine interrupt;
    private final ByteQueue line = new ByteQueue(LINE_BYTES);
    private boolean isHigh;
    private boolean closed;

    /** {@code stall} keeps the VP on whose thread it is called from running on, until what it returns is run. */
    public SerialPort(SerialOutput output, InterruptLine interrupt, Supplier<Runnable> stall) {
        this.output = output;
        this.stall = stall;
        this.chip = new Uart16550(output);
        this.interrupt = interrupt;
    }

    @Override
    public int first() {
        return COM1;
    }

    @Override
    public int count() {
        return REGISTERS;
    }

    /**
     * Puts a byte on the line; waits while {@link #LINE_BYTES} are on it.
     *
     * @return false, at once, after {@link #close}
     */
    public synchronized boolean receive(int value) throws InterruptedException {
        while (line.isFull() && !closed) {
            wait();
        }
        return offer(value);
    }

    /** Puts a byte on the line. Returns false if there is no room, or after {@link #close}. */
    public synchronized boolean offer(int value) {
        if (closed || line.isFull()) {
            return false;
        }
        line.add(value);
        settle();
        return true;
    }

    /** Whoever waits in {@link #receive} returns, and the interrupt line is left alone from now on. */
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }

    @Override
    public synchronized int in(int offset, int bytes) {
        int value = chip.read(offset);
        settle();
        return value;
    }

    @Override
    public void out(int offset, int bytes, int value) {
        synchronized (this) {
            chip.write(offset, value & 0xFF);
            settle();
        }
        output.stallIfFull(stall);
    }

    /** The chip takes from the line what it can, and the interrupt line gets the level that follows. */
    private void settle() {
        if (!line.isEmpty()) {
            boolean wasFull = line.isFull();
            while (!line.isEmpty() && chip.isReceiving()) {
                chip.receive(line.remove());
            }
            if (wasFull && !line.isFull()) {
                notifyAll();
            }
        }
        drive(chip.isInterrupting());
    }

    private void drive(boolean high) {
        if (high != isHigh && !closed) {
            isHigh = high;
            interrupt.level(high);
        }
    }

    @Override
    public void reset() {
        set(UartState.RESET);
    }

    private synchronized void set(UartState state) {
        chip.set(state);
        // The interrupt controllers may be those of another moment: if there is a cause, they see the line rise.
        isHigh = true;
        drive(false);
        settle();
    }

    @Override
    public String id() {
        return UartState.ID;
    }

    @Override
    public int version() {
        return UartState.VERSION;
    }

    @Override
    public synchronized Section section() {
        return chip.state().section();
    }

    @Override
    public Runnable read(SectionReader saved) throws StateException {
        UartState state = UartState.read(saved);
        return () -> set(state);
    }
}
