package hv.machine.device;

import java.util.function.IntConsumer;

/** Port 0xF4: what the guest writes there, up to 32 bits, is its result, and the run ends. Reads 0. */
public final class DebugExit implements PortDevice {
    static final int PORT = 0xF4;

    private final IntConsumer onExit;

    public DebugExit(IntConsumer onExit) {
        this.onExit = onExit;
    }

    @Override
    public int first() {
        return PORT;
    }

    @Override
    public int count() {
        return 4;
    }

    @Override
    public int in(int offset, int bytes) {
        return 0;
    }

    @Override
    public void out(int offset, int bytes, int value) {
        onExit.accept(value);
    }
}
