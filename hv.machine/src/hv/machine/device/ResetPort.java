package hv.machine.device;

/**
 * A port that resets the machine: the keyboard controller's command port 0x64 by 0xFE (pulse the reset line), or the
 * chipset's 0xCF9 when bit 2 (reset CPU) is written. 0x64 reads 0: input buffer empty, so that a guest does not wait
 * for it.
 */
public final class ResetPort implements PortDevice {
    public static final int KEYBOARD = 0x64;
    public static final int CHIPSET = 0xCF9;

    private static final int PULSE_RESET = 0xFE;
    private static final int RESET_CPU = 0x04;

    private final int port;
    private final Runnable onReset;

    public ResetPort(int port, Runnable onReset) {
        this.port = port;
        this.onReset = onReset;
    }

    @Override
    public int first() {
        return port;
    }

    @Override
    public int count() {
        return 1;
    }

    @Override
    public int in(int offset, int bytes) {
        return 0;
    }

    @Override
    public void out(int offset, int bytes, int value) {
        boolean resets = port == KEYBOARD ? (value & 0xFF) == PULSE_RESET : (value & RESET_CPU) != 0;
        if (resets) {
            onReset.run();
        }
    }
}
