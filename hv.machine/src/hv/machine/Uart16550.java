package hv.machine;

import hv.api.StateException;
import hv.kvm.StateSections;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/**
 * The first serial port (COM1, 0x3F8): a 16550 whose transmitter is always ready and whose receiver is always empty.
 * Interrupts are not raised; guests poll. What is transmitted goes to a stream.
 *
 * <p>Registers by offset (with DLAB, LCR bit 7, set: 0 is DLL, 1 is DLM): 0 RBR/THR, 1 IER, 2 IIR/FCR, 3 LCR, 4 MCR, 5
 * LSR, 6 MSR, 7 SCR. In loopback (MCR bit 4) the modem lines are those of MCR, which is how guests probe for the chip.
 */
final class Uart16550 implements PortDevice, SavedDevice {
    static final int COM1 = 0x3F8;

    private static final int LCR_DLAB = 0x80;
    private static final int MCR_LOOPBACK = 0x10;
    private static final int LSR_TRANSMITTER_READY = 0x60;
    private static final int IIR_NO_INTERRUPT = 0x01;
    private static final int IIR_FIFOS_ON = 0xC0;
    private static final int FCR_ENABLE = 0x01;
    private static final int MODEM_READY = 0xB0;

    private final OutputStream out;
    private int dll = 1;
    private int dlm;
    private int ier;
    private int lcr;
    private int mcr;
    private int scratch;
    private boolean fifos;
    private boolean broken;

    Uart16550(OutputStream out) {
        this.out = out;
    }

    @Override
    public int first() {
        return COM1;
    }

    @Override
    public int count() {
        return 8;
    }

    @Override
    public synchronized int in(int offset, int bytes) {
        boolean divisor = (lcr & LCR_DLAB) != 0;
        return switch (offset) {
            case 0 -> divisor ? dll : 0;
            case 1 -> divisor ? dlm : ier;
            case 2 -> IIR_NO_INTERRUPT | (fifos ? IIR_FIFOS_ON : 0);
            case 3 -> lcr;
            case 4 -> mcr;
            case 5 -> LSR_TRANSMITTER_READY;
            case 6 -> (mcr & MCR_LOOPBACK) != 0 ? loopedModemLines() : MODEM_READY;
            default -> scratch;
        };
    }

    /** DTR comes back as DSR, RTS as CTS, OUT1 as RI, OUT2 as DCD. */
    private int loopedModemLines() {
        return (mcr & 1) << 5 | (mcr & 2) << 3 | (mcr & 4) << 4 | (mcr & 8) << 4;
    }

    @Override
    public synchronized void out(int offset, int bytes, int value) {
        int register = value & 0xFF;
        boolean divisor = (lcr & LCR_DLAB) != 0;
        switch (offset) {
            case 0 -> {
                if (divisor) {
                    dll = register;
                } else if ((mcr & MCR_LOOPBACK) == 0) {
                    transmit(register);
                }
            }
            case 1 -> {
                if (divisor) {
                    dlm = register;
                } else {
                    ier = register & 0x0F;
                }
            }
            case 2 -> fifos = (register & FCR_ENABLE) != 0;
            case 3 -> lcr = register;
            case 4 -> mcr = register & 0x1F;
            case 7 -> scratch = register;
            default -> {
                // LSR and MSR are read-only.
            }
        }
    }

    /** Sends on what a buffered stream may hold back. Any thread. */
    synchronized void flush() {
        if (!broken) {
            try {
                out.flush();
            } catch (IOException e) {
                broken = true;
            }
        }
    }

    @Override
    public void reset() {
        set(1, 0, 0, 0, 0, 0, 0);
    }

    private synchronized void set(
            int divisorLow, int divisorHigh, int interrupts, int line, int modem, int scratchpad, int fifoControl) {
        dll = divisorLow;
        dlm = divisorHigh;
        ier = interrupts;
        lcr = line;
        mcr = modem;
        scratch = scratchpad;
        fifos = (fifoControl & FCR_ENABLE) != 0;
    }

    @Override
    public String id() {
        return "uart";
    }

    @Override
    public synchronized Map<String, Long> save() {
        return Map.of(
                "DLL", (long) dll,
                "DLM", (long) dlm,
                "IER", (long) ier,
                "FCR", fifos ? (long) FCR_ENABLE : 0,
                "LCR", (long) lcr,
                "MCR", (long) mcr,
                "SCR", (long) scratch);
    }

    @Override
    public Runnable read(StateSections.Reader saved) throws StateException {
        int divisorLow = saved.value("DLL", 0, 0xFF);
        int divisorHigh = saved.value("DLM", 0, 0xFF);
        int interrupts = saved.value("IER", 0, 0x0F);
        int fifoControl = saved.value("FCR", 0, FCR_ENABLE);
        int line = saved.value("LCR", 0, 0xFF);
        int modem = saved.value("MCR", 0, 0x1F);
        int scratchpad = saved.value("SCR", 0, 0xFF);
        return () -> set(divisorLow, divisorHigh, interrupts, line, modem, scratchpad, fifoControl);
    }

    /** A reader that has gone is no reason to stop the guest: from then on its output is dropped. */
    private void transmit(int value) {
        if (broken) {
            return;
        }
        try {
            out.write(value);
            if (value == '\n') {
                out.flush();
            }
        } catch (IOException e) {
            broken = true;
        }
    }
}
