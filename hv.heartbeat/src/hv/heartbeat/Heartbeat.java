package hv.heartbeat;

import hv.api.StateException;
import hv.api.device.GuestHealth;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.vmbus.IntegrationService;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * Asks a guest every two seconds whether it is there.
 *
 * <p>What the guest sees: a device of kind 57164f39-9115-4e78-ab55-382f3bd5422d, for which Linux has hv_utils. It gets
 * a number and sends the next one back. A guest whose kernel hangs does not answer, whatever its processors do.
 *
 * <p>Who follows goes on with the numbers. Times begin anew: a guest that owed an answer has ten seconds again.
 */
final class Heartbeat extends IntegrationService implements GuestHealth {
    private static final UUID KIND = UUID.fromString("57164f39-9115-4e78-ab55-382f3bd5422d");
    private static final UUID INSTANCE = UUID.fromString("fd149e91-82e0-4a7d-afa6-2a4166cbd7c0");
    private static final int TYPE = 1;
    private static final int BODY_BYTES = 40;
    private static final long PERIOD_100NS = 20_000_000;
    private static final long SILENT_AFTER_100NS = 100_000_000;

    private long sequence;
    private long nextAt;
    private long askedAt;
    private final Pulse pulse = new Pulse();

    /** One for a guest. */
    Heartbeat() {
        super(KIND, INSTANCE, TYPE, BODY_BYTES, List.of(0x3_0000, 0x1_0000));
    }

    @Override
    public Health health() {
        return pulse.health();
    }

    @Override
    public long answers() {
        return pulse.answers();
    }

    @Override
    public Map<String, String> facts() {
        return Map.of("guest", health().name().toLowerCase(Locale.ROOT), "answers", String.valueOf(answers()));
    }

    @Override
    protected void ready(int spoken) {
        nextAt = now100ns();
        askedAt = nextAt;
    }

    @Override
    protected void due() {
        if (!isReady()) {
            return;
        }
        long now = now100ns();
        if (isAsking()) {
            if (now - askedAt >= SILENT_AFTER_100NS) {
                pulse.is(Health.SILENT);
            } else {
                wakeAt(askedAt + SILENT_AFTER_100NS);
            }
        } else if (now >= nextAt) {
            askedAt = now;
            nextAt = now + PERIOD_100NS;
            ask(ByteBuffer.allocate(BODY_BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(0, ++sequence)
                    .array());
            wakeAt(askedAt + SILENT_AFTER_100NS);
        } else {
            wakeAt(nextAt);
        }
    }

    @Override
    protected void answered(int status, ByteBuffer answer) {
        if (answer.limit() >= Long.BYTES && answer.getLong(0) == sequence + 1) {
            sequence++;
            pulse.answered();
        }
    }

    @Override
    protected void saveService(StateWriter out) {
        out.put("sequence", sequence);
        out.put("answers", answers());
        out.put("health", health().ordinal());
    }

    @Override
    protected void restoreService(StateReader in) throws StateException {
        long numbers = in.get("sequence");
        long answered = in.get("answers");
        Health was = Health.values()[saved(in, "health", 0, Health.values().length - 1)];
        if (answered < 0) {
            throw new StateException("answers is %d".formatted(answered));
        }
        sequence = numbers;
        pulse.continues(was, answered);
    }

    @Override
    protected void ended() {
        pulse.is(Health.UNKNOWN);
    }
}
