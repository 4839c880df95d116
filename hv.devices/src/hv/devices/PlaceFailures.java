package hv.devices;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** How often the code of a place's devices has failed, and with what. Any thread. */
final class PlaceFailures {
    private static final System.Logger LOG = System.getLogger("hv.devices");

    private final AtomicLong count = new AtomicLong();
    private volatile String last = "";

    long count() {
        return count.get();
    }

    /** One line about the last time; empty if there was none. */
    String last() {
        return last;
    }

    /**
     * Calls a device.
     *
     * @throws IllegalStateException if it throws anything
     */
    void call(Runnable code) {
        answer(() -> {
            code.run();
            return true;
        });
    }

    /** The same with an answer. */
    boolean answer(BooleanSupplier code) {
        try {
            return code.getAsBoolean();
        } catch (Throwable e) {
            failed(e);
            throw new IllegalStateException("a device failed: " + last, e);
        }
    }

    /** What a device says of itself; nothing if it throws anything. */
    Map<String, String> facts(Supplier<Map<String, String>> code) {
        try {
            return Map.copyOf(code.get());
        } catch (Throwable e) {
            failed(e);
            return Map.of();
        }
    }

    private void failed(Throwable thrown) {
        count.incrementAndGet();
        last = thrown.getMessage() == null ? thrown.getClass().getSimpleName() : thrown.getMessage();
        LOG.log(System.Logger.Level.DEBUG, "a device failed", thrown);
    }
}
