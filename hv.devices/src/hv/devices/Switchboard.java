package hv.devices;

import hv.api.HvStatus;
import hv.api.synic.EventReceiver;
import hv.api.synic.MessageReceiver;
import hv.api.synic.SynicPorts;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Connects a guest's ports to one bus after another, without the guest noticing: the connections stay, and while there
 * is no bus, what the guest posts is kept. Its signals then need not be: who goes on with a channel looks into its
 * rings first. Any thread.
 */
final class Switchboard {
    /** Most messages that are kept; a guest that posts more is told to try again later. */
    private static final int MOST_KEPT = 256;

    private static final System.Logger LOG = System.getLogger("hv.devices");

    private record Kept(int connection, int type, byte[] payload) {}

    private final SynicPorts ports;

    /** Held by whoever connects and disconnects. */
    private final Object changes = new Object();

    /** Guarded by itself, and so are changes of {@link #live}: a VP never waits for who is at the ports. */
    private final ArrayDeque<Kept> kept = new ArrayDeque<>();

    private final Set<Integer> messageConnections = new TreeSet<>();
    private final Set<Integer> eventConnections = new TreeSet<>();
    private volatile View live;

    Switchboard(SynicPorts ports) {
        this.ports = ports;
    }

    /** Ports for one bus; the guest reaches them from {@link #switchTo} on. */
    View view() {
        return new View();
    }

    /** No bus is there: messages are kept from now on. */
    void hold() {
        synchronized (kept) {
            live = null;
        }
    }

    /** This bus is there from now on; it gets what was kept. */
    void switchTo(View view) {
        synchronized (changes) {
            view.messages.keySet().forEach(this::connectMessages);
            view.events.keySet().forEach(this::connectEvents);
            Set.copyOf(messageConnections).stream()
                    .filter(id -> !view.messages.containsKey(id))
                    .forEach(this::disconnectMessages);
            Set.copyOf(eventConnections).stream()
                    .filter(id -> !view.events.containsKey(id))
                    .forEach(this::disconnectEvents);
            synchronized (kept) {
                for (Kept message = kept.poll(); message != null; message = kept.poll()) {
                    view.received(message.connection(), message.type(), message.payload(), message.payload().length);
                }
                live = view;
            }
        }
    }

    /** Nobody listens any more, and nothing is kept. */
    void end() {
        synchronized (changes) {
            synchronized (kept) {
                live = null;
                kept.clear();
            }
            Set.copyOf(messageConnections).forEach(this::disconnectMessages);
            Set.copyOf(eventConnections).forEach(this::disconnectEvents);
        }
    }

    private void connectMessages(int id) {
        if (messageConnections.add(id)) {
            ports.connect(id, (MessageReceiver) this::received);
        }
    }

    private void disconnectMessages(int id) {
        if (messageConnections.remove(id)) {
            ports.disconnectMessages(id);
        }
    }

    private void connectEvents(int id) {
        if (eventConnections.add(id)) {
            ports.connect(id, (EventReceiver) this::signalled);
        }
    }

    private void disconnectEvents(int id) {
        if (eventConnections.remove(id)) {
            ports.disconnectEvents(id);
        }
    }

    /** On a VP's thread. */
    private int received(int connection, int type, byte[] payload, int payloadBytes) {
        View bus = live;
        return bus != null
                ? bus.received(connection, type, payload, payloadBytes)
                : keep(connection, type, payload, payloadBytes);
    }

    private int keep(int connection, int type, byte[] payload, int payloadBytes) {
        synchronized (kept) {
            View bus = live;
            if (bus != null) {
                return bus.received(connection, type, payload, payloadBytes);
            }
            if (kept.size() >= MOST_KEPT) {
                return HvStatus.INSUFFICIENT_BUFFERS;
            }
            kept.add(new Kept(connection, type, Arrays.copyOf(payload, payloadBytes)));
            return HvStatus.SUCCESS;
        }
    }

    /** On a VP's thread. */
    private int signalled(int connection) {
        try {
            View bus = live;
            EventReceiver receiver = bus == null ? null : bus.events.get(connection);
            return receiver == null ? HvStatus.SUCCESS : receiver.signalled(connection);
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.ERROR, "a bus failed in what a guest has signalled", e);
            return HvStatus.SUCCESS;
        }
    }

    /** The ports as one bus sees them. */
    final class View implements SynicPorts {
        private final Map<Integer, MessageReceiver> messages = new ConcurrentHashMap<>();
        private final Map<Integer, EventReceiver> events = new ConcurrentHashMap<>();

        /** What a bus throws is caught here too: who switches to it goes on. */
        private int received(int connection, int type, byte[] payload, int payloadBytes) {
            MessageReceiver receiver = messages.get(connection);
            try {
                return receiver == null ? HvStatus.SUCCESS : receiver.received(connection, type, payload, payloadBytes);
            } catch (Throwable e) {
                LOG.log(System.Logger.Level.ERROR, "a bus failed in what a guest has posted", e);
                return HvStatus.INSUFFICIENT_BUFFERS;
            }
        }

        @Override
        public void connect(int connectionId, MessageReceiver receiver) {
            synchronized (changes) {
                if (live == this) {
                    connectMessages(connectionId);
                }
                messages.put(connectionId, receiver);
            }
        }

        @Override
        public void connect(int connectionId, EventReceiver receiver) {
            synchronized (changes) {
                events.put(connectionId, receiver);
                if (live == this) {
                    connectEvents(connectionId);
                }
            }
        }

        @Override
        public void disconnectMessages(int connectionId) {
            synchronized (changes) {
                messages.remove(connectionId);
                if (live == this) {
                    Switchboard.this.disconnectMessages(connectionId);
                }
            }
        }

        @Override
        public void disconnectEvents(int connectionId) {
            synchronized (changes) {
                events.remove(connectionId);
                if (live == this) {
                    Switchboard.this.disconnectEvents(connectionId);
                }
            }
        }

        @Override
        public int postMessage(int vp, int sint, int type, byte[] payload, Runnable onDelivered) {
            return ports.postMessage(vp, sint, type, payload, onDelivered);
        }

        @Override
        public int signalEvent(int vp, int sint, int flag) {
            return ports.signalEvent(vp, sint, flag);
        }

        @Override
        public boolean raise(int vp, int sint) {
            return ports.raise(vp, sint);
        }
    }
}
