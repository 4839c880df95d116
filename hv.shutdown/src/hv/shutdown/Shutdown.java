package hv.shutdown;

import hv.api.vmbus.IntegrationService;
import hv.api.vmbus.VmbusChannel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Has a guest power off or restart in good order, as if somebody had asked for it at its keyboard.
 *
 * <p>What the guest sees: a device of kind 0e0b6031-5213-4934-818b-38d90ced39db, for which Linux has hv_utils. It says
 * that it will, and then ends as it always does: by ACPI, or by its reset register.
 *
 * <p>Made by the VMM, one for each guest, and given to {@link hv.api.vmbus.Vmbus#offer}; {@link #request} may be called
 * by any thread.
 */
public final class Shutdown extends IntegrationService {
    /** What the guest is to do. */
    public enum Action {
        /** Ends its programs and powers off. */
        POWER_OFF(0),
        /** Ends its programs and starts again. */
        RESTART(2);

        private final int flags;

        Action(int flags) {
            this.flags = flags;
        }
    }

    private record Wish(Action action, CompletableFuture<Integer> answer) {}

    private static final UUID KIND = UUID.fromString("0e0b6031-5213-4934-818b-38d90ced39db");
    private static final UUID INSTANCE = UUID.fromString("b6650ff7-33bc-4840-8048-e0676786f393");
    private static final int TYPE = 3;
    private static final int TEXT_AT = 12;
    private static final int BODY_BYTES = TEXT_AT + 2048;
    private static final int PLANNED = 0x8000_0000;
    private static final String TEXT = "asked for by the host";

    private final AtomicReference<Wish> wish = new AtomicReference<>();
    private final AtomicReference<VmbusChannel> open = new AtomicReference<>();
    private Wish asked;

    /** One for a guest. */
    public Shutdown() {
        super(KIND, INSTANCE, TYPE, BODY_BYTES, List.of(0x3_0002, 0x3_0001, 0x3_0000, 0x1_0000));
    }

    /** Whether the guest has a driver that listens. Any thread. */
    public boolean isPossible() {
        return open.get() != null;
    }

    /**
     * Asks the guest. Any thread; returns at once. A second wish takes the place of one that has not been told yet.
     *
     * @return what the guest says to it: 0 if it will, another status if not; never done if the guest never answers,
     *     and fails with {@link IllegalStateException} if it cannot be asked
     */
    public CompletableFuture<Integer> request(Action action) {
        CompletableFuture<Integer> answer = new CompletableFuture<>();
        VmbusChannel channel = open.get();
        if (channel == null) {
            answer.completeExceptionally(new IllegalStateException("the guest has no driver for shutdown"));
            return answer;
        }
        Wish before = wish.getAndSet(new Wish(action, answer));
        if (before != null) {
            before.answer().cancel(false);
        }
        channel.wake();
        return answer;
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
            body.putInt(PLANNED).putInt(0).putInt(next.action().flags);
            body.put(TEXT.getBytes(StandardCharsets.UTF_16LE));
            ask(body.array());
        }
    }

    @Override
    protected void answered(int status, ByteBuffer answer) {
        asked.answer().complete(status);
    }

    @Override
    protected void ended() {
        open.set(null);
        IllegalStateException gone = new IllegalStateException("the guest has closed the channel");
        Wish waiting = wish.getAndSet(null);
        if (waiting != null) {
            waiting.answer().completeExceptionally(gone);
        }
        if (asked != null) {
            asked.answer().completeExceptionally(gone);
            asked = null;
        }
    }
}
