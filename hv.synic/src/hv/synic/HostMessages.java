package hv.synic;

import hv.api.StateException;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.synic.SintMessages.Outcome;
import hv.api.synic.SynicPorts;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/**
 * The messages of host-side code that wait for one VP: a queue per SINT, made when first needed. As long as none is,
 * the guest's acknowledgements cost one load here. {@link #offer} by any thread, all else on the VP's.
 */
final class HostMessages {
    /** Saved: which SINTs have messages, as bits. */
    private static final String WAITING = "SINTsWithMessages";

    private static final int HEADER_BYTES = 8;

    private final MessagePage page;
    private final AtomicReferenceArray<MessageQueue> queues = new AtomicReferenceArray<>(Sints.COUNT);
    private volatile boolean isUsed;
    private final Consumer<Throwable> failed;

    /** Messages that go into {@code page}; whatever a sender throws is told to {@code failed}. */
    HostMessages(MessagePage page, Consumer<Throwable> failed) {
        this.page = page;
        this.failed = failed;
    }

    /** Queues a message; false if there is no place. */
    boolean offer(int sint, QueuedMessage message) {
        MessageQueue queue = queues.get(sint);
        if (queue == null) {
            isUsed = true;
            queues.compareAndSet(sint, null, new MessageQueue());
            queue = queues.get(sint);
        }
        return queue.offer(message);
    }

    /** Tries what waits for {@code sints}, given as bits. */
    void deliver(int sints) {
        if (!isUsed) {
            return;
        }
        for (int rest = sints; rest != 0; rest &= rest - 1) {
            int sint = Integer.numberOfTrailingZeros(rest);
            MessageQueue queue = queues.get(sint);
            if (queue != null) {
                deliver(sint, queue);
            }
        }
    }

    private void deliver(int sint, MessageQueue queue) {
        for (QueuedMessage message = queue.peek(); message != null; message = queue.peek()) {
            Outcome outcome = page.deliver(sint, message);
            if (outcome == Outcome.SLOT_BUSY || outcome == Outcome.NO_PAGE) {
                return;
            }
            queue.remove();
            tell(message);
        }
    }

    private void tell(QueuedMessage message) {
        try {
            message.onDelivered().run();
        } catch (Throwable e) {
            // The guest has its message and must not suffer for its sender.
            failed.accept(e);
        }
    }

    /** Forgets all that waits. With the VP stopped. */
    void clear() {
        for (int sint = 0; sint < Sints.COUNT; sint++) {
            MessageQueue queue = queues.get(sint);
            while (queue != null && queue.peek() != null) {
                queue.remove();
            }
        }
    }

    /**
     * Per SINT with messages its messages one after the other: type, payload length (32 bits each), payload. With the
     * VP stopped.
     */
    void save(StateWriter out) {
        long waiting = 0;
        for (int sint = 0; sint < Sints.COUNT; sint++) {
            MessageQueue queue = queues.get(sint);
            List<QueuedMessage> messages = queue == null ? List.of() : queue.snapshot();
            if (!messages.isEmpty()) {
                waiting |= 1L << sint;
                out.put(name(sint), encode(messages));
            }
        }
        out.put(WAITING, waiting);
    }

    private static byte[] encode(List<QueuedMessage> messages) {
        int bytes = 0;
        for (QueuedMessage message : messages) {
            bytes += HEADER_BYTES + message.payload().length;
        }
        ByteBuffer to = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (QueuedMessage message : messages) {
            to.putInt(message.type()).putInt(message.payload().length).put(message.payload());
        }
        return to.array();
    }

    /** Reads what {@link #save} wrote and changes nothing; {@link #replace} takes it. */
    static List<List<QueuedMessage>> read(StateReader in) throws StateException {
        long waiting = in.get(WAITING);
        if (waiting >>> Sints.COUNT != 0) {
            throw new StateException(WAITING + " names SINTs that do not exist");
        }
        List<List<QueuedMessage>> all = new ArrayList<>();
        for (int sint = 0; sint < Sints.COUNT; sint++) {
            all.add((waiting & 1L << sint) == 0 ? List.of() : decode(name(sint), in.bytes(name(sint))));
        }
        return all;
    }

    private static List<QueuedMessage> decode(String name, byte[] bytes) throws StateException {
        List<QueuedMessage> messages = new ArrayList<>();
        ByteBuffer from = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (from.remaining() >= HEADER_BYTES && messages.size() < SynicPorts.QUEUE_MESSAGES) {
            int type = from.getInt();
            int length = from.getInt();
            if (type == 0 || length < 0 || length > SynicPorts.PAYLOAD_BYTES || length > from.remaining()) {
                throw new StateException(name + " holds something that is not a message");
            }
            byte[] payload = new byte[length];
            from.get(payload);
            messages.add(new QueuedMessage(type, payload, QueuedMessage.NOBODY));
        }
        if (from.hasRemaining() || messages.isEmpty()) {
            throw new StateException(name + " holds no message, too many, or a truncated one");
        }
        return messages;
    }

    /** Takes what {@link #read} gave. With the VP stopped. */
    void replace(List<List<QueuedMessage>> messages) {
        clear();
        for (int sint = 0; sint < Sints.COUNT; sint++) {
            for (QueuedMessage message : messages.get(sint)) {
                offer(sint, message);
            }
        }
    }

    /** What is run when the queued messages are delivered, per SINT in order. With the VP stopped. */
    List<List<Runnable>> senders() {
        List<List<Runnable>> all = new ArrayList<>();
        for (int sint = 0; sint < Sints.COUNT; sint++) {
            MessageQueue queue = queues.get(sint);
            List<QueuedMessage> messages = queue == null ? List.of() : queue.snapshot();
            List<Runnable> senders = new ArrayList<>();
            for (QueuedMessage message : messages) {
                senders.add(message.onDelivered());
            }
            all.add(senders);
        }
        return all;
    }

    /**
     * Gives the messages that wait the senders that {@link #senders} of a predecessor gave, as far as they match. With
     * the VP stopped.
     */
    void senders(Object predecessors) {
        if (!(predecessors instanceof List<?> all)) {
            return;
        }
        for (int sint = 0; sint < Math.min(all.size(), Sints.COUNT); sint++) {
            MessageQueue queue = queues.get(sint);
            if (queue != null && all.get(sint) instanceof List<?> senders) {
                List<QueuedMessage> messages = queue.snapshot();
                for (int i = 0; i < messages.size(); i++) {
                    QueuedMessage message = messages.get(i);
                    queue.remove();
                    boolean isKnown = i < senders.size() && senders.get(i) instanceof Runnable;
                    Runnable sender = isKnown ? (Runnable) senders.get(i) : message.onDelivered();
                    queue.offer(new QueuedMessage(message.type(), message.payload(), sender));
                }
            }
        }
    }

    private static String name(int sint) {
        return "SINT" + sint + "Messages";
    }
}
