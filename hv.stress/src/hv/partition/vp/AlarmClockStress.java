package hv.partition.vp;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import hv.api.enlightenment.Alarm;
import hv.partition.failure.Failures;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** What an {@link AlarmClock} excludes between the thread that looks and those that set alarms. */
public final class AlarmClockStress {
    private static final Failures FAILURES = new Failures("stress");

    private AlarmClockStress() {}

    /** A thread that notes that it was woken. */
    private static final class Note implements Sleeper {
        private volatile boolean isWoken;

        @Override
        public void wake() {
            isWoken = true;
        }

        @Override
        public void stir() {
            isWoken = true;
        }
    }

    @JCStressTest
    @Description("An alarm that is set while the thread looks through the alarms is seen by that look, or the thread"
            + " does not go to sleep after it.")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The look has rung it.")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The look came too early, and its sleep ends at once.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Both.")
    @Outcome(
            id = "0, 0",
            expect = FORBIDDEN,
            desc = "The look passed the alarm before it was set, and the setter saw the time of the sleep before: the"
                    + " thread sleeps past the alarm.")
    @State
    public static class SetWhileLooking {
        private final Note thread = new Note();
        private long now = 1;
        private final AlarmClock clock = new AlarmClock(new SteppedClock(() -> now), false, FAILURES, which -> thread);
        private boolean isRung;
        private final Alarm first = clock.alarm(0, () -> {});
        private final Alarm second = clock.alarm(0, () -> isRung = true);

        /** The thread sleeps to 3, for an alarm that is taken back, and it is 10 when it wakes. */
        public SetWhileLooking() {
            first.set(3);
            clock.look();
            first.cancel();
            thread.isWoken = false;
            now = 10;
        }

        @Actor
        public void thread() {
            clock.look();
        }

        @Actor
        public void setter() {
            second.set(5);
        }

        @Arbiter
        public void end(II_Result r) {
            r.r1 = isRung ? 1 : 0;
            r.r2 = thread.isWoken ? 1 : 0;
        }
    }

    @JCStressTest
    @Description("An alarm that is set again while the thread rings it is not forgotten.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "The new due time is there, or has been rung.")
    @Outcome(
            id = "0",
            expect = FORBIDDEN,
            desc = "The thread took the new due time for the one that it had read, and took it away unrung.")
    @State
    public static class SetWhileRinging {
        private final Note thread = new Note();
        private volatile long now = 10;
        private final AlarmClock clock = new AlarmClock(new SteppedClock(() -> now), false, FAILURES, which -> thread);
        private int rings;
        private final Alarm alarm = clock.alarm(0, () -> rings++);

        public SetWhileRinging() {
            alarm.set(5);
        }

        @Actor
        public void thread() {
            clock.look();
        }

        @Actor
        public void setter() {
            alarm.set(20);
        }

        @Arbiter
        public void end(I_Result r) {
            int before = rings;
            now = 30;
            clock.look();
            r.r1 = rings == before + 1 ? 1 : 0;
        }
    }
}
