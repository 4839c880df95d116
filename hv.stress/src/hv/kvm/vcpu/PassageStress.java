package hv.kvm.vcpu;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** What a {@link Passage} excludes between a VP that enters the guest and a thread that wishes a flush. */
public final class PassageStress {
    private PassageStress() {}

    @JCStressTest
    @Description("Who wishes a flush and then finds the VP outside knows that it does not run guest code before it has"
            + " heard of the wish.")
    @Outcome(id = "0, .*", expect = ACCEPTABLE, desc = "The VP heard of the wish first.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The guest ran, and the VP was found in it.")
    @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "The guest ran before the wish.")
    @Outcome(
            id = "1, 0",
            expect = FORBIDDEN,
            desc = "The VP looked for wishes before its entry could be seen: it was found outside and runs with what"
                    + " should have been flushed.")
    @State
    public static class WishWhileEntering {
        private boolean hasRun;
        private final Passage passage = new Passage(new ModelEntry(() -> hasRun = true));

        @Actor
        public void vp(II_Result r) {
            passage.enter();
            r.r1 = hasRun ? 1 : 0;
        }

        @Actor
        public void other(II_Result r) {
            passage.wantFlush();
            r.r2 = passage.now();
        }
    }

    @JCStressTest
    @Description("Who finds that the VP has left the guest sees what the guest did there.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "The VP has left, and what it did is seen.")
    @Outcome(id = "-1", expect = ACCEPTABLE, desc = "The VP has not been in the guest yet, or is in it.")
    @Outcome(
            id = "0",
            expect = FORBIDDEN,
            desc = "The VP was seen to have left before what it did in the guest was there.")
    @State
    public static class Leaving {
        private int done;
        private final Passage passage = new Passage(new ModelEntry(() -> done = 1));

        @Actor
        public void vp() {
            passage.enter();
        }

        @Actor
        public void other(I_Result r) {
            r.r1 = passage.now() == 2 ? done : -1;
        }
    }
}
