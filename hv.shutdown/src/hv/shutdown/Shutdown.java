package hv.shutdown;

import hv.api.StateException;
import hv.api.device.GuestShutdown;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.vmbus.Answers;
import hv.api.vmbus.IntegrationService;
import hv.api.vmbus.VmbusChannel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Has a guest power off or restart in good order, as if somebody had asked for it at its keyboard.
 *
 * <p>What the guest sees: a device of kind 0e0b6031-5213-4934-818b-38d90ced39db, for which Linux has hv_utils. It says
 * that it will, and then ends as it always does: by ACPI, or by its reset register.
 *
 * <p>A wish that has not been told, and the answer to one that has, go over to who follows; who waits for the answer
 * gets it from there.
 */
final class Shutdown extends IntegrationService implements GuestShutdown {
    /** A wish, in a saved state: 0 is none. */
    private static final List<Action> SAVED = List.of(Action.POWER_OFF, Action.RESTART);

    private record Wish(Action action, CompletableFuture<Integer> answer) {
        /** In place of one of which only the action is known. */
        static Wish of(Action action) {
            return new Wish(action, new CompletableFuture<>());
        }
    }

    private static final UUID KIND = UUID.fromString("0e0b6031-5213-4934-818b-38d90ced39db");
    private static final UUID INSTANCE = UUID.fromString("b6650ff7-33bc-4840-8048-e0676786f393");
    private static final int TYPE = 3;
    private static final int TEXT_AT = 12;
    private static final int BODY_BYTES = TEXT_AT + 2048;
    private static final int PLANNED = 0x8000_0000;
    private static final int FLAGS_OF_POWER_OFF = 0;
    private static final int FLAGS_OF_RESTART = 2;
    private static final String TEXT = "asked for by the host";
    private static final String WAITING = "waiting";
    private static final String ASKED = "asked";

    private final AtomicReference<Wish> wish = new AtomicReference<>();
    private final AtomicReference<VmbusChannel> open = new AtomicReference<>();

    /** The one that the guest owes an answer to; null without. */
    private volatile Wish asked;

    /** One for a guest. */
    Shutdown() {
        super(KIND, INSTANCE, TYPE, BODY_BYTES, List.of(0x3_0002, 0x3_0001, 0x3_0000, 0x1_0000));
    }

    @Override
    public boolean isPossible() {
        return open.get() != null;
    }

    @Override
    public Map<String, String> facts() {
        return Map.of("driver", isPossible() ? "listens" : "none", ASKED, asked == null ? "no" : "not answered yet");
    }

    @Override
    public CompletableFuture<Integer> request(Action action) {
        Wish next = Wish.of(action);
        VmbusChannel channel = open.get();
        if (channel == null) {
            Answers.fail(next.answer(), "the guest has no driver for shutdown");
            return next.answer();
        }
        Wish before = wish.getAndSet(next);
        if (before != null) {
            before.answer().cancel(false);
        }
        if (open.get() == null && wish.compareAndSet(next, null)) {
            // Closed meanwhile: the wish is not for whoever opens the channel next.
            Answers.fail(next.answer(), "the guest has closed the channel");
        }
        channel.wake();
        return next.answer();
    }

    @Override
    protected void ready(int spoken) {
        open.set(channel());
    }

    @Override
    protected void due() {
        if (!isReady() || isAsking()) {
            return;
        }
        Wish next = wish.getAndSet(null);
        if (next != null) {
            asked = next;
            ByteBuffer body = ByteBuffer.allocate(BODY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            body.putInt(PLANNED).putInt(0);
            body.putInt(next.action() == Action.RESTART ? FLAGS_OF_RESTART : FLAGS_OF_POWER_OFF);
            body.put(TEXT.getBytes(StandardCharsets.UTF_16LE));
            ask(body.array());
        }
    }

    @Override
    protected void answered(int status, ByteBuffer answer) {
        Wish told = asked;
        asked = null;
        if (told != null) {
            Answers.complete(told.answer(), status);
        }
    }

    @Override
    protected void saveService(StateWriter out) {
        out.put(WAITING, saved(wish.get()));
        out.put(ASKED, saved(asked));
    }

    private static int saved(Wish some) {
        return some == null ? 0 : 1 + SAVED.indexOf(some.action());
    }

    @Override
    protected void restoreService(StateReader in) throws StateException {
        int waiting = saved(in, WAITING, 0, SAVED.size());
        int told = saved(in, ASKED, 0, SAVED.size());
        if (told != 0 && !isAsking()) {
            throw new StateException(ASKED + " is %d, and no answer is owed".formatted(told));
        }
        wish.set(restored(waiting));
        asked = restored(told);
    }

    private static Wish restored(int number) {
        return number == 0 ? null : Wish.of(SAVED.get(number - 1));
    }

    @Override
    public Map<String, Object> handOver() {
        Map<String, Object> waiters = new HashMap<>();
        put(waiters, WAITING, wish.get());
        put(waiters, ASKED, asked);
        return waiters;
    }

    private static void put(Map<String, Object> waiters, String name, Wish some) {
        if (some != null) {
            waiters.put(name, some.answer());
        }
    }

    @Override
    public void takeOver(Map<String, Object> handedOver) {
        wish.set(waitedFor(wish.get(), handedOver.get(WAITING)));
        asked = waitedFor(asked, handedOver.get(ASKED));
    }

    @SuppressWarnings("unchecked")
    private static Wish waitedFor(Wish some, Object waiter) {
        return some != null && waiter instanceof CompletableFuture<?> answer
                ? new Wish(some.action(), (CompletableFuture<Integer>) answer)
                : some;
    }

    @Override
    public void left() {
        open.set(null);
        wish.set(null);
        asked = null;
    }

    @Override
    protected void ended() {
        open.set(null);
        failed(wish.getAndSet(null));
        failed(asked);
        asked = null;
    }

    private static void failed(Wish some) {
        if (some != null) {
            Answers.fail(some.answer(), "the guest has closed the channel");
        }
    }
}
