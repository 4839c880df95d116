package hv.bench.stimer;

import hv.api.GuestFault;
import hv.api.GuestMemory;
import hv.api.host.GuestVp;
import java.util.Random;
import java.util.function.IntConsumer;

/**
 * The timers of VP 0 in one scenario, programmed from the host on the VP's thread as if by the guest, whose own code
 * would only add to what is measured. How late: in message mode what the message itself says, delivery less expiration;
 * in direct mode reference time when the interrupt is requested, less when it was due. The interrupt itself reaches the
 * guest, which takes it. On the VP's thread.
 */
final class TimerSet {
    static final int FIRST_VECTOR = 0x50;

    /** In RAM that our guest does not touch. */
    static final long MESSAGE_PAGE = 0xF0_0000;

    private static final int MOST_SAMPLES = 100_000;
    private static final int TIME_REF_COUNT = 0x4000_0020;
    private static final int SCONTROL = 0x4000_0080;
    private static final int SIMP = 0x4000_0083;
    private static final int SINT0 = 0x4000_0090;
    private static final int STIMER0_CONFIG = 0x4000_00B0;
    private static final int STIMER0_COUNT = 0x4000_00B1;
    private static final int FIRST_SINT = 2;
    private static final int SLOT_BYTES = 256;
    private static final int EXPIRATION = 24;
    private static final int DELIVERY = 32;
    private static final long ENABLE = 1;
    private static final long PERIODIC = 1 << 1;
    private static final long DIRECT = 1 << 12;
    private static final int VECTOR_SHIFT = 4;
    private static final int SINT_SHIFT = 16;

    /** A start that took longer says too little about when it was; it is done again. */
    private static final long SURE_100NS = 10;

    private final GuestVp vp;
    private final GuestMemory memory;
    private final Scenario scenario;
    private final IntConsumer onExpired;
    private final Random random = new Random(1);
    private final long[] due100ns = new long[Scenario.MOST_TIMERS];
    private final long[] samples100ns = new long[MOST_SAMPLES];
    private int count;
    private boolean isStopped;

    /**
     * Timers that are not programmed yet.
     *
     * @param onExpired gets the number of a one-shot timer that may be started again
     */
    TimerSet(GuestVp vp, GuestMemory memory, Scenario scenario, IntConsumer onExpired) {
        this.onExpired = onExpired;
        this.vp = vp;
        this.memory = memory;
        this.scenario = scenario;
    }

    /** Programs the controller and starts the timers. */
    void start() throws GuestFault {
        vp.writeMsr(SIMP, MESSAGE_PAGE | 1);
        vp.writeMsr(SCONTROL, 1);
        for (int timer = 0; timer < scenario.timers(); timer++) {
            vp.writeMsr(SINT0 + FIRST_SINT + timer, FIRST_VECTOR + timer);
            if (scenario.isPeriodic()) {
                startPeriodic(timer);
            } else {
                startOnce(timer);
            }
        }
    }

    private void startPeriodic(int timer) throws GuestFault {
        long before;
        long after;
        do {
            before = vp.readMsr(TIME_REF_COUNT);
            vp.writeMsr(STIMER0_CONFIG + 2 * timer, config(timer));
            vp.writeMsr(STIMER0_COUNT + 2 * timer, Scenario.PERIOD_100NS);
            after = vp.readMsr(TIME_REF_COUNT);
        } while (after - before > SURE_100NS);
        due100ns[timer] = after + Scenario.PERIOD_100NS;
    }

    private void startOnce(int timer) throws GuestFault {
        long ahead = random.nextLong(Scenario.LEAST_AHEAD_100NS, Scenario.MOST_AHEAD_100NS);
        due100ns[timer] = vp.readMsr(TIME_REF_COUNT) + ahead;
        vp.writeMsr(STIMER0_COUNT + 2 * timer, due100ns[timer]);
        vp.writeMsr(STIMER0_CONFIG + 2 * timer, config(timer));
    }

    private long config(int timer) {
        return ENABLE
                | (scenario.isPeriodic() ? PERIODIC : 0)
                | (scenario.isDirect()
                        ? DIRECT | (long) FIRST_VECTOR + timer << VECTOR_SHIFT
                        : (long) FIRST_SINT + timer << SINT_SHIFT);
    }

    /** The interrupt of timer {@code timer} is being requested. */
    void fired(int timer) throws GuestFault {
        if (isStopped || timer >= scenario.timers()) {
            return;
        }
        if (scenario.isDirect()) {
            addDirect(timer, vp.readMsr(TIME_REF_COUNT));
        } else {
            long slot = MESSAGE_PAGE + (long) (FIRST_SINT + timer) * SLOT_BYTES;
            add(memory.getLong(slot + DELIVERY) - memory.getLong(slot + EXPIRATION));
            memory.putIntRelease(slot, 0);
        }
        if (!scenario.isPeriodic()) {
            // Not started again here: it is in the middle of expiring.
            onExpired.accept(timer);
        }
    }

    /** Starts a one-shot timer again. */
    void again(int timer) throws GuestFault {
        if (!isStopped) {
            startOnce(timer);
        }
    }

    private void addDirect(int timer, long now100ns) {
        // "Due" was read just after the start, and may be a little too late; nothing fires early.
        add(Math.max(now100ns - due100ns[timer], 0));
        if (scenario.isPeriodic()) {
            long missed = Math.max(now100ns - due100ns[timer], 0) / Scenario.PERIOD_100NS;
            due100ns[timer] += (missed + 1) * Scenario.PERIOD_100NS;
        }
    }

    private void add(long late100ns) {
        if (count < samples100ns.length) {
            samples100ns[count++] = late100ns;
        }
    }

    /** Stops the timers and gives what was measured. */
    Lateness stop() throws GuestFault {
        isStopped = true;
        for (int timer = 0; timer < Scenario.MOST_TIMERS; timer++) {
            vp.writeMsr(STIMER0_CONFIG + 2 * timer, 0);
            vp.writeMsr(STIMER0_COUNT + 2 * timer, 0);
        }
        vp.writeMsr(SIMP, 0);
        byte[] zeros = new byte[SLOT_BYTES * 16];
        memory.write(MESSAGE_PAGE, zeros, 0, zeros.length);
        return Lateness.of(samples100ns, count);
    }
}
