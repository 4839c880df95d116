package hv.vmbus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.HvStatus;
import hv.api.synic.EventReceiver;
import hv.api.synic.MessageReceiver;
import hv.api.synic.SynicPorts;
import hv.api.vmbus.ChannelState;
import hv.api.vmbus.Vmbus;
import hv.api.vmbus.VmbusProvider;
import hv.hosted.BufferMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The bus with its thread")
class VmbusBusTest {
    private final Ports ports = new Ports();
    private final BufferMemory memory = new BufferMemory(1 << 20);

    /** Ports whose guest takes every message at once. */
    private static final class Ports implements SynicPorts {
        final Map<Integer, MessageReceiver> messages = new ConcurrentHashMap<>();
        final Map<Integer, EventReceiver> events = new ConcurrentHashMap<>();
        final LinkedBlockingQueue<ByteBuffer> heard = new LinkedBlockingQueue<>();

        @Override
        public void connect(int connectionId, MessageReceiver receiver) {
            if (messages.putIfAbsent(connectionId, receiver) != null) {
                throw new IllegalStateException("taken");
            }
        }

        @Override
        public void connect(int connectionId, EventReceiver receiver) {
            events.put(connectionId, receiver);
        }

        @Override
        public void disconnectMessages(int connectionId) {
            messages.remove(connectionId);
        }

        @Override
        public void disconnectEvents(int connectionId) {
            events.remove(connectionId);
        }

        @Override
        public int postMessage(int vp, int sint, int type, byte[] payload, Runnable onDelivered) {
            heard.add(ByteBuffer.wrap(payload.clone()).order(ByteOrder.LITTLE_ENDIAN));
            onDelivered.run();
            return HvStatus.SUCCESS;
        }

        @Override
        public int signalEvent(int vp, int sint, int flag) {
            return HvStatus.SUCCESS;
        }

        @Override
        public boolean raise(int vp, int sint) {
            return true;
        }

        void post(int connection, byte[] message) {
            assertEquals(0, messages.get(connection).received(connection, 1, message, message.length));
        }

        ByteBuffer hear(int type) throws InterruptedException {
            ByteBuffer next = heard.poll(60, TimeUnit.SECONDS);
            assertEquals(type, next.getInt(0));
            return next;
        }
    }

    @Test
    @DisplayName(
            "Offers, reset and end: the thread answers, devices come and go at any time, and afterwards nobody listens")
    void lives() throws Exception {
        Echo echo = new Echo(1);
        ScheduledExecutorService workers = Executors.newScheduledThreadPool(2);
        VmbusProvider provider = new VmbusBuses();
        try (Vmbus bus = provider.open(ports, memory, System::nanoTime, 1, workers)) {
            assertThrows(IllegalStateException.class, () -> provider.open(ports, memory, System::nanoTime, 1, workers));
            bus.resume();
            bus.offer(echo);
            assertThrows(IllegalStateException.class, () -> bus.offer(new Echo(1)));
            for (int round = 0; round < 3; round++) {
                ports.post(
                        4,
                        Message.of(Message.INITIATE_CONTACT, 40)
                                .putInt(8, 0x5_0003)
                                .array());
                ports.hear(Message.VERSION_RESPONSE);
                ports.post(1, Message.words(Message.REQUEST_OFFERS));
                ports.hear(Message.OFFER_CHANNEL);
                ports.hear(Message.ALL_OFFERS_DELIVERED);
                bus.reset();
                assertEquals(ChannelState.State.UNOFFERED, bus.channels().get(0).state());
            }
            assertTrue(bus.rescind(echo));
            assertFalse(bus.rescind(echo));
        } finally {
            workers.shutdownNow();
        }
        assertEquals(Map.of(), ports.messages);
        assertEquals(Map.of(), ports.events);
    }
}
