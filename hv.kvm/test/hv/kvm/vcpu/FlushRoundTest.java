package hv.kvm.vcpu;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.VpSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class FlushRoundTest {
    private static final long SHORT_NANOS = 1_000_000;
    private static final long LONG_NANOS = TimeUnit.HOURS.toNanos(1);

    /** A VP that never leaves the guest, or is never in it. */
    private record Vp(boolean isStuck, boolean isOutOfReach) implements FlushRound.Target {
        Vp(boolean isStuck) {
            this(isStuck, false);
        }

        @Override
        public int wantFlush() {
            return 1;
        }

        @Override
        public boolean hasLeftGuest(int seen) {
            return !isStuck;
        }
    }

    private static VpSet first(int vps) {
        VpSet set = new VpSet();
        set.addFirst(vps);
        return set;
    }

    @Test
    @DisplayName(
            "A VP that does not leave the guest ends the flush as failed after a time, and does not hang who asked for it")
    void isBounded() {
        FlushRound round = new FlushRound(SHORT_NANOS, () -> false);
        assertFalse(round.run(new Vp[] {new Vp(false), new Vp(true)}, first(2)));
        assertTrue(round.run(new Vp[] {new Vp(false), new Vp(true)}, first(1)), "it is not among the targets");
    }

    @Test
    @DisplayName("A VP that no signal gets out of the guest is not waited for as long as one that will come")
    void outOfReach() {
        FlushRound round = new FlushRound(LONG_NANOS, () -> false);
        assertFalse(round.run(new Vp[] {new Vp(true, true)}, first(1)));
    }

    @Test
    @DisplayName("A VP that is told to end does not wait for another one's flush")
    void endsWithItsVp() throws InterruptedException {
        AtomicBoolean isEnding = new AtomicBoolean();
        FlushRound round = new FlushRound(LONG_NANOS, isEnding::get);
        Thread asking = Thread.ofPlatform().start(() -> round.run(new Vp[] {new Vp(true)}, first(1)));
        isEnding.set(true);
        asking.join();
    }
}
