package hv.machine.device;

import hv.api.SavedState;
import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.api.machine.SectionReader;
import java.util.HashMap;
import java.util.Map;

/**
 * What a {@link Uart16550} holds, by the data sheet's names. In version 1 of the section there were the registers
 * alone, and of FCR bit 0.
 *
 * @param dll divisor latch, low
 * @param dlm divisor latch, high
 * @param ier interrupt enable, bits 3:0
 * @param fcr FIFO control, bits 7:6 and 0
 * @param lcr line control
 * @param mcr modem control, bits 4:0
 * @param scr scratch
 * @param thrEmptied whether "THR empty" has not been told yet
 * @param msr modem status, bits 3:0; the others follow from {@code mcr}
 * @param overrun line status, bit 1
 * @param received characters in the receiver, oldest first, {@link Receiver#FIFO_BYTES} of them; do not change them
 * @param count how many of these are there
 */
record UartState(
        int dll,
        int dlm,
        int ier,
        int fcr,
        int lcr,
        int mcr,
        int scr,
        boolean thrEmptied,
        int msr,
        boolean overrun,
        byte[] received,
        int count) {
    static final String ID = "uart";
    static final int VERSION = 2;

    /** As after a reset. */
    static final UartState RESET =
            new UartState(1, 0, 0, 0, 0, 0, 0, false, 0, false, new byte[Receiver.FIFO_BYTES], 0);

    private static final String RBR = "RBR";
    private static final String RECEIVED = "received";

    /** The section. */
    Section section() {
        Map<String, Long> values = new HashMap<>();
        values.put("DLL", (long) dll);
        values.put("DLM", (long) dlm);
        values.put("IER", (long) ier);
        values.put("FCR", (long) fcr);
        values.put("LCR", (long) lcr);
        values.put("MCR", (long) mcr);
        values.put("SCR", (long) scr);
        values.put("thrEmptied", thrEmptied ? 1L : 0);
        values.put("MSR", (long) msr);
        values.put("overrun", overrun ? 1L : 0);
        values.put(RECEIVED, (long) count);
        return new Section(ID, SavedState.PARTITION, VERSION, values, Map.of(RBR, received));
    }

    /** @throws StateException if a value cannot be */
    static UartState read(SectionReader saved) throws StateException {
        int dll = saved.value("DLL", 0, 0xFF);
        boolean hasReceiver = saved.has(RECEIVED);
        int count = hasReceiver ? saved.value(RECEIVED, 0, Receiver.FIFO_BYTES) : 0;
        int fcr = saved.value("FCR", 0, 0xFF);
        if (!Receiver.isPossible(fcr, count)) {
            throw saved.bad("FCR is 0x%x with %d characters received, which cannot be".formatted(fcr, count));
        }
        return new UartState(
                dll,
                saved.value("DLM", 0, 0xFF),
                saved.value("IER", 0, 0x0F),
                fcr,
                saved.value("LCR", 0, 0xFF),
                saved.value("MCR", 0, 0x1F),
                saved.value("SCR", 0, 0xFF),
                hasReceiver && saved.flag("thrEmptied"),
                hasReceiver ? saved.value("MSR", 0, 0x0F) : 0,
                hasReceiver && saved.flag("overrun"),
                hasReceiver ? saved.bytes(RBR, Receiver.FIFO_BYTES) : new byte[Receiver.FIFO_BYTES],
                count);
    }
}
