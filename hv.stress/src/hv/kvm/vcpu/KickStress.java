package hv.kvm.vcpu;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** What a {@link Kick} excludes between the VP that acknowledges one and a thread that sends the next. */
public final class KickStress {
    /** One for all: it makes no thread before something has to be done again, which nothing has here. */
    private static final Retries RETRIES = new Retries();

    private KickStress() {}

    private static ModelEntry entry() {
        return new ModelEntry(() -> {});
    }

    /** A kick that was sent and not acknowledged. */
    private static Kick sent(Entry entry) {
        Kick kick = new Kick(entry, "a VP", RETRIES);
        kick.send();
        return kick;
    }

    @JCStressTest
    @Description("Work that was posted before a kick that found one under way is seen by the drain that follows the"
            + " acknowledgement, or the VP is called back.")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The drain saw the work.")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The kick came after the drain, and calls the VP back.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Both.")
    @Outcome(
            id = "0, 0",
            expect = FORBIDDEN,
            desc = "The drain looked before the work was there, and the kick relied on one that was acknowledged: the"
                    + " VP stays in the guest.")
    @State
    public static class WorkBeforeKick {
        private final ModelEntry entry = entry();
        private final Kick kick = sent(entry);
        private int work;

        @Actor
        public void vp(II_Result r) {
            kick.acknowledge();
            r.r1 = work;
        }

        @Actor
        public void other() {
            work = 1;
            kick.send();
        }

        @Arbiter
        public void end(II_Result r) {
            r.r2 = entry.isCalledBack() ? 1 : 0;
        }
    }

    @JCStressTest
    @Description("However an acknowledgement and a kick meet, the next kick calls the VP back.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "The next kick calls the VP back, or the last one still does.")
    @Outcome(
            id = "0",
            expect = FORBIDDEN,
            desc = "The kick counts as under way and nothing of it is left: no later one is ever sent.")
    @State
    public static class NextKick {
        private final ModelEntry entry = entry();
        private final Kick kick = sent(entry);

        @Actor
        public void vp() {
            kick.acknowledge();
        }

        @Actor
        public void other() {
            kick.send();
        }

        @Arbiter
        public void end(I_Result r) {
            kick.send();
            r.r1 = entry.isCalledBack() ? 1 : 0;
        }
    }

    @JCStressTest
    @Description("After a kick that was insisted on, a VP outside the guest does not get in, whatever another kick does"
            + " at that moment.")
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "The VP did not get in.")
    @Outcome(
            id = "1",
            expect = FORBIDDEN,
            desc = "The kick was left to another thread that had not sent the signal yet, and the guest ran.")
    @State
    public static class Insist {
        private final ModelEntry entry = entry();
        private final Kick kick = new Kick(entry, "a VP", RETRIES);

        @Actor
        public void orders(I_Result r) {
            kick.insist();
            r.r1 = entry.isCalledBack() ? 0 : 1;
        }

        @Actor
        public void other() {
            kick.send();
        }
    }
}
