package hv.vss;

import hv.api.StateException;
import hv.api.device.GuestFreeze;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.vmbus.Answers;
import hv.api.vmbus.IntegrationService;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Has a guest write out its file systems and keep them still, as for a snapshot (VSS, volume shadow copy service).
 *
 * <p>What the guest sees: a device of kind 35fa2e29-ea23-4236-96ae-3a6ebacba440, for which Linux has hv_utils and a
 * program, hv_vss_daemon. The driver answers about versions without the program; all else fails until that runs. It is
 * asked whether a backup is possible ("hot backup", 2), to freeze (5), for which Linux takes up to 15 minutes, and to
 * thaw (6).
 *
 * <p>A guest that is still does not get far, so it never stays so for want of a word: when the time that was asked for
 * has passed it is thawed, whoever has forgotten to. So is one that was saved while it was still, as soon as it goes
 * on; and a thaw that fails is tried again ten times. Who follows in this place keeps to the same time.
 */
final class Vss extends IntegrationService implements GuestFreeze {
    private static final UUID KIND = UUID.fromString("35fa2e29-ea23-4236-96ae-3a6ebacba440");
    private static final UUID INSTANCE = UUID.fromString("2450ee40-33bf-4fbd-892e-9fb06e9214cf");
    private static final int TYPE = 5;
    private static final int BODY_BYTES = 12;

    // Operations.
    private static final int NONE = 0;
    private static final int CHECK = 2;
    private static final int FREEZE = 5;
    private static final int THAW = 6;

    private static final long SECOND_100NS = 10_000_000;
    private static final long CHECK_AGAIN_100NS = 30 * SECOND_100NS;
    private static final long THAW_AGAIN_100NS = 5 * SECOND_100NS;
    private static final long PATIENCE_100NS = 60 * SECOND_100NS;
    private static final long PATIENCE_FOR_FREEZE_100NS = 16 * 60 * SECOND_100NS;
    private static final long NANOS_PER_100NS = 100;
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final int MOST_THAWS = 10;
    private static final String CLOSED = "the guest has closed the channel";
    private static final String NO_ANSWER = "the guest does not answer in time";

    // Names in states, and of what is handed over.
    private static final String ASKED = "asked";
    private static final String FROZEN = "frozen";
    private static final String PROGRAM = "program";
    private static final String DEADLINE = "deadline";
    private static final String WAITING = "waiting";
    private static final String CHECKED = "checked";
    private static final String TO_THAW = "thaw";

    private final Hosts hosts = new Hosts();

    /** Whether the guest's program has answered lately that it can. */
    private volatile boolean hasProgram;

    /** Whether the guest has been asked to freeze, and has not said that it could not, or that it has thawed. */
    private volatile boolean isFrozen;

    /** What the guest owes an answer to. */
    private int asked;

    /** The wish that is being met; null when its answer has been given. */
    private CompletableFuture<Integer> waiting;

    private boolean isChecked;
    private boolean isToThaw;
    private int failedThaws;
    private long deadline;
    private long askedAt;
    private long checkAt;
    private long thawAt;

    /** One for a guest. */
    Vss() {
        super(KIND, INSTANCE, TYPE, BODY_BYTES, List.of(0x5_0000));
    }

    @Override
    public boolean isPossible() {
        return hosts.isOpen() && hasProgram;
    }

    @Override
    public Map<String, String> facts() {
        return Map.of(PROGRAM, isPossible() ? "answers" : "none", FROZEN, isFrozen ? "yes" : "no");
    }

    @Override
    public CompletableFuture<Integer> freeze(Duration most) {
        if (most.compareTo(SHORTEST) < 0 || most.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("a guest is frozen for 1 ms to a day");
        }
        return hosts.freeze(most.toNanos() / NANOS_PER_100NS);
    }

    @Override
    public CompletableFuture<Integer> thaw() {
        return hosts.thaw();
    }

    @Override
    protected void ready(int spoken) {
        askedAt = now100ns();
        checkAt = askedAt;
        thawAt = askedAt;
        hosts.opened(channel());
    }

    @Override
    protected void due() {
        if (!isReady()) {
            return;
        }
        long now = now100ns();
        takeWishes(now);
        if (isAsking()) {
            waitFor(now);
        } else if (isToThaw && now >= thawAt) {
            ask(THAW, now);
        } else if (waiting != null && !isFrozen) {
            ask(isChecked ? FREEZE : CHECK, now);
        } else if (!hasProgram && !isFrozen && now >= checkAt) {
            checkAt = now + CHECK_AGAIN_100NS;
            ask(CHECK, now);
        } else {
            wakeAt(next());
        }
    }

    /** Takes what hosts want, and what they have forgotten to want. */
    private void takeWishes(long now) {
        if (!isFrozen && (waiting == null || isToThaw || hosts.wantThaw())) {
            // There is nothing to thaw, or not any more.
            thawed(0);
        }
        boolean isLate = (waiting != null || isFrozen) && now >= deadline;
        if (isLate && waiting != null) {
            Answers.fail(waiting, NO_ANSWER);
            waiting = null;
        }
        for (Hosts.Freeze freeze = hosts.nextFreeze(); freeze != null; freeze = hosts.nextFreeze()) {
            if (waiting != null || isFrozen) {
                Answers.fail(freeze.answer(), "the guest is frozen already");
            } else {
                waiting = freeze.answer();
                isChecked = false;
                deadline = now + freeze.most100ns();
            }
        }
        isToThaw |= isLate && isFrozen || hosts.wantThaw();
    }

    /** The earliest of what comes by itself. */
    private long next() {
        if (isToThaw) {
            return thawAt;
        }
        if (isFrozen) {
            return deadline;
        }
        return hasProgram ? Long.MAX_VALUE : checkAt;
    }

    private void waitFor(long now) {
        long until = askedAt + (asked == FREEZE ? PATIENCE_FOR_FREEZE_100NS : PATIENCE_100NS);
        if (now < until) {
            boolean isTimed = (waiting != null || isFrozen) && !isToThaw;
            wakeAt(isTimed ? Math.min(until, deadline) : until);
        } else {
            boolean isLeftFrozen = isFrozen;
            forget(NO_ANSWER);
            isFrozen = isLeftFrozen;
            isToThaw = isLeftFrozen;
            beginAnew();
        }
    }

    private void ask(int operation, long now) {
        asked = operation;
        askedAt = now;
        isFrozen |= operation == FREEZE;
        ask(ByteBuffer.allocate(BODY_BYTES).put(0, (byte) operation).array());
        waitFor(now);
    }

    @Override
    protected void answered(int status, ByteBuffer answer) {
        int about = asked;
        asked = NONE;
        if (about == CHECK) {
            hasProgram = status == 0;
            isChecked = hasProgram;
            if (status != 0) {
                answer(status);
            }
        } else if (about == FREEZE) {
            isFrozen = status == 0;
            failedThaws = 0;
            answer(status);
        } else if (about == THAW) {
            thawed(status);
        }
    }

    private void answer(int status) {
        if (waiting != null) {
            Answers.complete(waiting, status);
            waiting = null;
        }
    }

    /** The guest has said so, or that it could not; or there was nothing to thaw. */
    private void thawed(int status) {
        hosts.thawed(status);
        if (waiting != null) {
            Answers.fail(waiting, "the guest was thawed meanwhile");
            waiting = null;
        }
        failedThaws = status == 0 ? 0 : failedThaws + 1;
        isToThaw = status != 0 && failedThaws < MOST_THAWS;
        isFrozen = isToThaw;
        thawAt = now100ns() + (isToThaw ? THAW_AGAIN_100NS : 0);
    }

    /** A wish is its host's, who is gone when this comes back; what was asked, and if it is still, is the guest's. */
    @Override
    protected void saveService(StateWriter out) {
        out.put(ASKED, asked);
        out.put(FROZEN, isFrozen ? 1 : 0);
        out.put(PROGRAM, hasProgram ? 1 : 0);
    }

    @Override
    protected void restoreService(StateReader in) throws StateException {
        int about = saved(in, ASKED, NONE, THAW);
        boolean isKnown = about == NONE || isAsking() && (about == CHECK || about == FREEZE || about == THAW);
        if (!isKnown) {
            throw new StateException("%s is %d".formatted(ASKED, about));
        }
        boolean wasFrozen = saved(in, FROZEN, 0, 1) == 1;
        hasProgram = saved(in, PROGRAM, 0, 1) == 1;
        asked = about;
        isFrozen = wasFrozen;
        // Unless somebody hands over that he still wants it.
        isToThaw = wasFrozen;
    }

    @Override
    public Map<String, Object> handOver() {
        Map<String, Object> given = new HashMap<>();
        given.put(DEADLINE, deadline);
        given.put(CHECKED, isChecked);
        given.put(TO_THAW, isToThaw);
        if (waiting != null) {
            given.put(WAITING, waiting);
        }
        hosts.handOver(given);
        return given;
    }

    @Override
    @SuppressWarnings("unchecked")
    public void takeOver(Map<String, Object> handedOver) {
        if (handedOver.get(DEADLINE) instanceof Long until && handedOver.get(TO_THAW) instanceof Boolean isWanted) {
            deadline = until;
            isToThaw = isWanted;
        }
        isChecked = Boolean.TRUE.equals(handedOver.get(CHECKED));
        if (handedOver.get(WAITING) instanceof CompletableFuture<?> answer) {
            waiting = (CompletableFuture<Integer>) answer;
        }
        hosts.takeOver(handedOver);
    }

    private void forget(String why) {
        hosts.fail(why);
        if (waiting != null) {
            Answers.fail(waiting, why);
        }
        left();
    }

    @Override
    public void left() {
        hosts.forget();
        waiting = null;
        asked = NONE;
        isFrozen = false;
        isToThaw = false;
        hasProgram = false;
        failedThaws = 0;
    }

    @Override
    protected void ended() {
        forget(CLOSED);
    }
}
