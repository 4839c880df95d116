package hv.partition.vp;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import hv.partition.failure.Failures;
import hv.stress.KickedHost;
import hv.stress.Nobody;
import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** What a {@link SafePoint} excludes between a VP and who changes what it is routed to. */
public final class SafePointStress {
    private static final Failures FAILURES = new Failures("stress");
    private static final VpPartition PARTITION = Nobody.as(VpPartition.class);

    /** Nobody is late by that much. */
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final int WORK = 20;

    private SafePointStress() {}

    /** One VP, and work during which it must be in no handler. */
    public abstract static class Change {
        final SafePoint safePoint = new SafePoint();
        final VpImpl vp = new VpImpl(
                PARTITION,
                new KickedHost(),
                0,
                new AlarmClock(new SteppedClock(() -> 0), false, FAILURES, new AlarmThread(FAILURES)),
                FAILURES,
                safePoint::arrive);

        private volatile boolean isWorking;
        private volatile boolean isOver;

        /** 1 if the VP does anything while the work is done. */
        final int handler() {
            for (int i = 0; i < WORK; i++) {
                if (isWorking) {
                    return 1;
                }
            }
            return 0;
        }

        /** Drains and handles until the change is over. */
        final int live() {
            int met;
            do {
                vp.drain();
                met = handler();
            } while (met == 0 && !isOver);
            while (!isOver) {
                vp.drain();
            }
            return met;
        }

        void work() {
            isWorking = true;
            for (int i = 0; i < WORK; i++) {
                Thread.onSpinWait();
            }
            isWorking = false;
        }

        final int change() {
            try {
                safePoint.run(new VpImpl[] {vp}, LIMIT_NANOS, this::work);
                return 1;
            } catch (SwapException e) {
                return 0;
            } finally {
                isOver = true;
            }
        }
    }

    @JCStressTest
    @Description("A VP that begins to drain while a safe point is wanted is either seen as driven and waited for, or"
            + " sees the call and waits.")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The work was done while the VP was in no handler.")
    @Outcome(
            id = "1, .*",
            expect = FORBIDDEN,
            desc =
                    "The VP was taken for one that nobody drives, did not see the call either, and ran on under the work.")
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "The VP did not come although it drained: its call was lost.")
    @State
    public static class FirstDrain extends Change {
        @Actor
        public void vp(II_Result r) {
            r.r1 = live();
        }

        @Actor
        public void changer(II_Result r) {
            r.r2 = change();
        }
    }

    @JCStressTest
    @Description(
            "A VP that waits for a successor is at a safe point all the while: whatever wakes it, it does not go on"
                    + " before the work that brings the successor is done.")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The VP went on after the work.")
    @Outcome(
            id = "1, .*",
            expect = FORBIDDEN,
            desc = "The VP saw that the place is filled, and went on while the work was still being done.")
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "The VP that waits was not taken for one at a safe point.")
    @State
    public static class FilledPlace extends Change {
        private volatile boolean isVacant = true;

        @Override
        void work() {
            isVacant = false;
            safePoint.close();
            super.work();
        }

        @Actor
        public void vp(II_Result r) {
            vp.drain();
            safePoint.await(true, () -> isVacant, System.nanoTime() + LIMIT_NANOS);
            r.r1 = handler() | live();
        }

        @Actor
        public void changer(II_Result r) {
            r.r2 = change();
        }
    }
}
