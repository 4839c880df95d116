package hv.machine.device;

/**
 * A 16550A (data sheet "PC16550D") whose characters take no time. What is transmitted goes to a {@link SerialOutput};
 * what the other side sends comes by {@link #receive}.
 *
 * <p>Registers by offset (with DLAB, LCR bit 7, set: 0 is DLL, 1 is DLM): 0 RBR/THR, 1 IER, 2 IIR/FCR, 3 LCR, 4 MCR, 5
 * LSR, 6 MSR, 7 SCR. LSR always says that THR and the transmitter are empty (bits 5, 6).
 *
 * <p><b>Interrupts.</b> Each cause has an enabling bit in IER. IIR names the first one there is, and what ends it:
 *
 * <table>
 * <caption>Causes in order of priority</caption>
 * <tr><th>IIR<th>cause<th>IER<th>ended by
 * <tr><td>0x06<td>line status: overrun<td>2<td>reading LSR
 * <tr><td>0x04<td>received data: trigger level reached<td>0<td>reading RBR until below it
 * <tr><td>0x0C<td>character timeout: fewer, and no more to come<td>0<td>reading RBR until empty
 * <tr><td>0x02<td>THR empty<td>1<td>reading IIR when it says so, or writing THR
 * <tr><td>0x00<td>modem status: MSR 3:0 not 0<td>3<td>reading MSR
 * <tr><td>0x01<td>none<td><td>
 * </table>
 *
 * <p>"THR empty" is an event: it happens when IER bit 1 is set while THR is empty, and whenever THR becomes empty, here
 * as soon as it is written. The interrupt output is high while there is a cause, if OUT2 connects it ({@link
 * ModemControl}). In loopback (MCR bit 4) what is transmitted is received, and the other side is cut off.
 *
 * <p>Guarded by the {@link SerialPort} that has it.
 */
final class Uart16550 {
    private static final int IER_RECEIVED = 0x01;
    private static final int IER_THR_EMPTY = 0x02;
    private static final int IER_LINE_STATUS = 0x04;
    private static final int IER_MODEM_STATUS = 0x08;
    private static final int IER_BITS = 0x0F;
    private static final int IIR_LINE_STATUS = 0x06;
    private static final int IIR_RECEIVED = 0x04;
    private static final int IIR_TIMEOUT = 0x0C;
    private static final int IIR_THR_EMPTY = 0x02;
    private static final int IIR_MODEM_STATUS = 0x00;
    private static final int IIR_NONE = 0x01;
    private static final int IIR_FIFOS_ON = 0xC0;
    private static final int LCR_DLAB = 0x80;
    private static final int LSR_DATA_READY = 0x01;
    private static final int LSR_OVERRUN = 0x02;
    private static final int LSR_TRANSMITTER_READY = 0x60;

    private final SerialOutput output;
    private final ModemControl modem = new ModemControl();
    private final Receiver receiver = new Receiver();
    private int dll = 1;
    private int dlm;
    private int ier;
    private int lcr;
    private int scratch;
    private boolean thrEmptied;

    Uart16550(SerialOutput output) {
        this.output = output;
    }

    /** Whether a character can come: there is room, and the guest wants it (RTS). */
    boolean isReceiving() {
        return modem.isRequestingToSend() && receiver.hasRoom();
    }

    /** A character comes. */
    void receive(int value) {
        receiver.accept(value);
    }

    /** The level of the interrupt output. */
    boolean isInterrupting() {
        return ier != 0 && modem.isInterruptConnected() && cause() != IIR_NONE;
    }

    /** A read of the register at {@code offset}, 0 to 7. */
    int read(int offset) {
        boolean divisor = (lcr & LCR_DLAB) != 0;
        return switch (offset) {
            case 0 -> divisor ? dll : receiver.read();
            case 1 -> divisor ? dlm : ier;
            case 2 -> readCause();
            case 3 -> lcr;
            case 4 -> modem.control();
            case 5 -> readLineStatus();
            case 6 -> modem.readStatus();
            default -> scratch;
        };
    }

    private int readCause() {
        int cause = cause();
        if (cause == IIR_THR_EMPTY) {
            thrEmptied = false;
        }
        return cause | (receiver.hasFifo() ? IIR_FIFOS_ON : 0);
    }

    private int readLineStatus() {
        int status = LSR_TRANSMITTER_READY
                | (receiver.hasData() ? LSR_DATA_READY : 0)
                | (receiver.isOverrun() ? LSR_OVERRUN : 0);
        receiver.clearOverrun();
        return status;
    }

    /** A write of {@code value}, 0 to 255, to the register at {@code offset}, 0 to 7. */
    void write(int offset, int value) {
        boolean divisor = (lcr & LCR_DLAB) != 0;
        switch (offset) {
            case 0 -> {
                if (divisor) {
                    dll = value;
                } else {
                    transmit(value);
                }
            }
            case 1 -> {
                if (divisor) {
                    dlm = value;
                } else {
                    enable(value & IER_BITS);
                }
            }
            case 2 -> receiver.control(value);
            case 3 -> lcr = value;
            case 4 -> modem.control(value);
            case 7 -> scratch = value;
            default -> {
                // LSR and MSR are read-only.
            }
        }
    }

    private void enable(int interrupts) {
        if ((interrupts & ~ier & IER_THR_EMPTY) != 0) {
            thrEmptied = true;
        }
        ier = interrupts;
    }

    private void transmit(int value) {
        if (modem.isLooped()) {
            receiver.accept(value);
        } else {
            output.send(value);
        }
        thrEmptied = true;
    }

    /** IIR 3:0. */
    private int cause() {
        if ((ier & IER_LINE_STATUS) != 0 && receiver.isOverrun()) {
            return IIR_LINE_STATUS;
        }
        if ((ier & IER_RECEIVED) != 0 && receiver.hasData()) {
            return receiver.isAtTrigger() ? IIR_RECEIVED : IIR_TIMEOUT;
        }
        if ((ier & IER_THR_EMPTY) != 0 && thrEmptied) {
            return IIR_THR_EMPTY;
        }
        return (ier & IER_MODEM_STATUS) != 0 && modem.changes() != 0 ? IIR_MODEM_STATUS : IIR_NONE;
    }

    /** What it holds. */
    UartState state() {
        return new UartState(
                dll,
                dlm,
                ier,
                receiver.control(),
                lcr,
                modem.control(),
                scratch,
                thrEmptied,
                modem.changes(),
                receiver.isOverrun(),
                receiver.contents(),
                receiver.size());
    }

    /** Has this state and no other. */
    void set(UartState state) {
        dll = state.dll();
        dlm = state.dlm();
        ier = state.ier();
        lcr = state.lcr();
        modem.set(state.mcr(), state.msr());
        scratch = state.scr();
        thrEmptied = state.thrEmptied();
        receiver.set(state.fcr(), state.overrun(), state.received(), state.count());
    }
}
