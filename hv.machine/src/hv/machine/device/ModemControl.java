package hv.machine.device;

/**
 * Modem control and modem status of a 16550A, MCR and MSR. CTS, DSR and DCD of a null modem are on, RI is off.
 *
 * <p>In loopback (MCR bit 4) the four outputs are off, and their bits come back in MSR 7:4: RTS as CTS, DTR as DSR,
 * OUT1 as RI, OUT2 as DCD. MSR 3:0 says which of the four have changed since MSR was read; of RI only its end (TERI).
 *
 * <p>Guarded by the {@link Uart16550} that has it.
 */
final class ModemControl {
    private static final int MCR_RTS = 0x02;
    private static final int MCR_OUT2 = 0x08;
    private static final int MCR_LOOPBACK = 0x10;
    private static final int MCR_BITS = 0x1F;
    private static final int MSR_CTS_DSR_DCD = 0xB0;
    private static final int MSR_RI = 0x40;
    private static final int MSR_TERI = 0x04;

    private int mcr;
    private int changes;

    /** MCR. */
    int control() {
        return mcr;
    }

    /** MCR is written. */
    void control(int value) {
        int before = inputs();
        mcr = value & MCR_BITS;
        int after = inputs();
        changes |= (before ^ after) >>> 4 & ~MSR_TERI;
        if ((before & ~after & MSR_RI) != 0) {
            changes |= MSR_TERI;
        }
    }

    /** MSR is read. */
    int readStatus() {
        int status = inputs() | changes;
        changes = 0;
        return status;
    }

    private int inputs() {
        if (!isLooped()) {
            return MSR_CTS_DSR_DCD;
        }
        return (mcr & 1) << 5 | (mcr & 2) << 3 | (mcr & 4) << 4 | (mcr & 8) << 4;
    }

    boolean isLooped() {
        return (mcr & MCR_LOOPBACK) != 0;
    }

    /** Whether RTS is on: the other side may send. */
    boolean isRequestingToSend() {
        return (mcr & (MCR_RTS | MCR_LOOPBACK)) == MCR_RTS;
    }

    /** Whether OUT2 is on, by which every PC connects the chip's interrupt. */
    boolean isInterruptConnected() {
        return (mcr & (MCR_OUT2 | MCR_LOOPBACK)) == MCR_OUT2;
    }

    /** MSR 3:0. */
    int changes() {
        return changes;
    }

    /** Has these registers. */
    void set(int control, int statusChanges) {
        mcr = control;
        changes = statusChanges;
    }
}
