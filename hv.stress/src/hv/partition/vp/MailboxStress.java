package hv.partition.vp;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import hv.api.enlightenment.Doorbell;
import hv.partition.failure.Callback;
import hv.partition.failure.Failures;
import hv.stress.KickedHost;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** What a {@link Mailbox} excludes between a VP that drains it and another thread. */
public final class MailboxStress {
    private static final Failures FAILURES = new Failures("stress");

    private MailboxStress() {}

    private static Mailbox mailbox(KickedHost host) {
        return new Mailbox(host, 0, FAILURES, () -> {});
    }

    /** A VP outside the guest that was kicked: it drains once more before it enters. */
    private static void comeBack(KickedHost host, Mailbox mailbox) {
        if (host.takeKick()) {
            mailbox.drain();
        }
    }

    @JCStressTest
    @Description("A ring while the VP drains is answered by that drain, or the VP is kicked; and the work sees what"
            + " was written before the ring.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "The work was done with what the ringing thread had written.")
    @Outcome(
            id = "0",
            expect = FORBIDDEN,
            desc = "The VP took the bit, and its work did not see what was written before the ring.")
    @Outcome(
            id = "-1",
            expect = FORBIDDEN,
            desc = "The drain looked before the ring, and the ring took the kick for one that was under way: lost.")
    @State
    public static class RingWhileDraining {
        private final KickedHost host = new KickedHost();
        private final Mailbox mailbox = mailbox(host);
        private final Doorbell bell = mailbox.doorbell("stress", Callback.DOORBELL, this::work);
        private int written;
        private int seen = -1;

        private void work() {
            seen = written;
        }

        @Actor
        public void other() {
            written = 1;
            bell.ring();
        }

        @Actor
        public void vp() {
            mailbox.drain();
        }

        @Arbiter
        public void end(I_Result r) {
            comeBack(host, mailbox);
            r.r1 = seen;
        }
    }

    @JCStressTest
    @Description("Two rings of which the second finds the bit of the first: neither is lost, whichever of them kicks.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Both works were done.")
    @Outcome(
            expect = FORBIDDEN,
            desc = "The drain took one bit, and the other ring left its kick to a ring that was answered already.")
    @State
    public static class TwoRings {
        private final KickedHost host = new KickedHost();
        private final Mailbox mailbox = mailbox(host);
        private int first;
        private int second;
        private final Doorbell one = mailbox.doorbell("stress", Callback.DOORBELL, () -> first = 1);
        private final Doorbell two = mailbox.doorbell("stress", Callback.DOORBELL, () -> second = 1);

        @Actor
        public void other() {
            one.ring();
            two.ring();
        }

        @Actor
        public void vp() {
            mailbox.drain();
        }

        @Arbiter
        public void end(II_Result r) {
            comeBack(host, mailbox);
            r.r1 = first;
            r.r2 = second;
        }
    }

    @JCStressTest
    @Description("A task that is handed in while the mailbox is closed has an end: it is done, or it is refused.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "The task has ended.")
    @Outcome(
            id = "0",
            expect = FORBIDDEN,
            desc =
                    "The task went in after the closing thread had emptied the queue: whoever waits for it waits for ever.")
    @State
    public static class SubmitWhileClosing {
        private final Mailbox mailbox = mailbox(new KickedHost());
        private CompletableFuture<Integer> future;

        @Actor
        public void tool() {
            future = mailbox.submit(() -> 1);
        }

        @Actor
        public void closing() {
            mailbox.close();
        }

        @Arbiter
        public void end(I_Result r) {
            r.r1 = future.isDone() ? 1 : 0;
        }
    }
}
