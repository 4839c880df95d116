package hv.timesync;

import hv.api.StateException;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.vmbus.IntegrationService;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells a guest what time of day it is: once so that it sets its clock, when its driver has begun, and then every five
 * seconds a sample, from which its time service may steer.
 *
 * <p>What the guest sees: a device of kind 9527e630-d0ae-497b-adce-e80ab0175caf, for which Linux has hv_utils, which
 * makes /dev/ptp_hyperv of the samples. A time comes with the partition's reference time of the same moment, so it does
 * not matter how long it was on its way.
 *
 * <p>A guest that was restored, however long after it was saved, is told at once to set its clock; so is one whose
 * device was replaced, which does it no harm.
 */
final class TimeSync extends IntegrationService {
    private static final UUID KIND = UUID.fromString("9527e630-d0ae-497b-adce-e80ab0175caf");
    private static final UUID INSTANCE = UUID.fromString("2dd1ce17-079e-403c-b352-a1921ee207ee");
    private static final int TYPE = 4;
    private static final int WITH_REFERENCE_TIME = 0x4_0000;
    private static final int BODY_BYTES = 25;
    private static final int SET = 1;
    private static final int SAMPLE = 2;
    private static final long PERIOD_100NS = 50_000_000;

    /** 1 January 1601, from which Windows counts, in seconds before 1970. */
    private static final long EPOCH_SECONDS = 11_644_473_600L;

    private static final long PER_SECOND = 10_000_000;
    private static final int NANOS_PER_100NS = 100;

    private final InstantSource clock;
    private final AtomicLong answers = new AtomicLong();
    private int version;
    private boolean isToBeSet;
    private long nextAt;

    /**
     * One for a guest.
     *
     * @param clock what the guest is told
     */
    TimeSync(InstantSource clock) {
        super(KIND, INSTANCE, TYPE, BODY_BYTES, List.of(WITH_REFERENCE_TIME, 0x3_0000, 0x1_0000));
        this.clock = clock;
    }

    @Override
    public Map<String, String> facts() {
        return Map.of("answers", String.valueOf(answers.get()));
    }

    @Override
    protected void ready(int spoken) {
        version = spoken;
        isToBeSet = true;
        nextAt = now100ns();
    }

    @Override
    protected void due() {
        if (!isReady() || isAsking()) {
            return;
        }
        long now = now100ns();
        if (now >= nextAt) {
            int flags = isToBeSet ? SET : SAMPLE;
            isToBeSet = false;
            nextAt = now + PERIOD_100NS;
            ask(body(flags, now));
        }
        wakeAt(nextAt);
    }

    private byte[] body(int flags, long referenceTime100ns) {
        Instant time = clock.instant();
        ByteBuffer body = ByteBuffer.allocate(BODY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        body.putLong((time.getEpochSecond() + EPOCH_SECONDS) * PER_SECOND + time.getNano() / NANOS_PER_100NS);
        if (version >= WITH_REFERENCE_TIME) {
            body.putLong(referenceTime100ns).put((byte) flags);
        } else {
            body.putLong(0).putLong(0).put((byte) flags);
        }
        return body.array();
    }

    @Override
    protected void answered(int status, ByteBuffer answer) {
        answers.incrementAndGet();
    }

    @Override
    protected void saveService(StateWriter out) {
        out.put("answers", answers.get());
    }

    @Override
    protected void restoreService(StateReader in) throws StateException {
        answers.set(in.get("answers"));
    }

    @Override
    protected void ended() {
        version = 0;
    }
}
