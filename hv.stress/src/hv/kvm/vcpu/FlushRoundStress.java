package hv.kvm.vcpu;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import hv.api.VpSet;
import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** What a {@link FlushRound} excludes between who asks for a flush and the VPs that flush. */
public final class FlushRoundStress {
    private static final Retries RETRIES = new Retries();

    /** Nobody is late by that much. */
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** For how long the guest runs if nobody calls it back. */
    private static final int STEPS = 50;

    private static final VpSet FIRST = new VpSet();

    static {
        FIRST.add(0);
    }

    private FlushRoundStress() {}

    private static FlushRound round() {
        return new FlushRound(LIMIT_NANOS, () -> false);
    }

    /** A VP put together as {@link VcpuThread} does it, with a guest that looks at one page again and again. */
    private static final class Vp implements FlushRound.Target {
        private final ModelEntry entry = new ModelEntry(this::guest);
        private final Kick kick = new Kick(entry, "a VP", RETRIES);
        private final Passage passage = new Passage(entry);

        /** Where the page is, by the page table. */
        private int table;

        /** Where the VP has cached that it is. */
        private int cached;

        private volatile boolean isOldGone;
        private boolean hasUsedOld;

        private void guest() {
            for (int i = 0; i < STEPS && !entry.isCalledBack(); i++) {
                hasUsedOld |= isOldGone && cached == 0;
            }
        }

        /** One way into the guest and back, with what is done before and after it. */
        void once() {
            if (passage.takeFlush()) {
                cached = table;
            }
            while (passage.enter()) {
                Thread.onSpinWait();
                if (isOldGone) {
                    return;
                }
            }
            kick.acknowledge();
        }

        @Override
        public int wantFlush() {
            passage.wantFlush();
            int seen = passage.now();
            if (!passage.hasLeft(seen)) {
                kick.send();
            }
            return seen;
        }

        @Override
        public boolean hasLeftGuest(int seen) {
            return passage.hasLeft(seen);
        }

        @Override
        public boolean isOutOfReach() {
            return kick.isUnsent();
        }
    }

    @JCStressTest
    @Description("Once a flush has been carried out no VP uses a translation from before it.")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The flush was carried out, and nothing old was used after it.")
    @Outcome(
            id = "1, 1",
            expect = FORBIDDEN,
            desc = "The guest used the old translation of a page that had been handed to somebody else.")
    @Outcome(id = ".*, 0", expect = FORBIDDEN, desc = "The VP did not leave the guest although it was called back.")
    @State
    public static class OldTranslation {
        private final Vp vp = new Vp();
        private final FlushRound round = round();

        @Actor
        public void vp(II_Result r) {
            while (!vp.isOldGone) {
                vp.once();
            }
            vp.once();
            r.r1 = vp.hasUsedOld ? 1 : 0;
        }

        @Actor
        public void other(II_Result r) {
            vp.table = 1;
            r.r2 = round.run(new FlushRound.Target[] {vp}, FIRST) ? 1 : 0;
            vp.isOldGone = true;
        }
    }

    @JCStressTest
    @Description("Two VPs that flush each other do not wait for each other: who waits is itself out of the guest.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Both flushes were carried out.")
    @Outcome(expect = FORBIDDEN, desc = "A VP waited for one that waited for it.")
    @State
    public static class EachOther {
        private final Vp one = new Vp();
        private final Vp two = new Vp();
        private final FlushRound ofOne = round();
        private final FlushRound ofTwo = round();

        @Actor
        public void one(II_Result r) {
            one.passage.enter();
            r.r1 = ofOne.run(new FlushRound.Target[] {two}, FIRST) ? 1 : 0;
        }

        @Actor
        public void two(II_Result r) {
            two.passage.enter();
            r.r2 = ofTwo.run(new FlushRound.Target[] {one}, FIRST) ? 1 : 0;
        }
    }
}
