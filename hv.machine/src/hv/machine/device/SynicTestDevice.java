package hv.machine.device;

import hv.api.HvStatus;
import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.api.machine.SectionReader;
import hv.api.synic.EventReceiver;
import hv.api.synic.MessageReceiver;
import hv.api.synic.SynicPorts;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * The host side that test kernels for the synthetic interrupt controller expect: QEMU's {@code hyperv-testdev}, a
 * 32-bit write-only port at 0x3000.
 *
 * <p>A write holds a connection id (31:24), an operation (23:16), a VP index (15:8) and a SINT (7:0). Operation 3
 * raises the SINT. 4 makes a message connection: what the guest posts to the id comes back as a message in that SINT's
 * slot, one at a time; a second one before the first is delivered is HV_STATUS_INSUFFICIENT_BUFFERS. 6 makes an event
 * connection: signalling the id sets the event flag of that number in that SINT's flags. 5 and 7 take them away. 1 and
 * 2 make and take away a route to a SINT, which needs nothing here. Everything else is ignored, as are operations
 * without a controller.
 */
public final class SynicTestDevice implements PortDevice, SavedDevice {
    static final int PORT = 0x3000;

    /** Its section in saved state. */
    public static final String ID = "testdev";

    private static final int RAISE = 3;
    private static final int CONNECT_MESSAGES = 4;
    private static final int DISCONNECT_MESSAGES = 5;
    private static final int CONNECT_EVENTS = 6;
    private static final int DISCONNECT_EVENTS = 7;
    private static final int SINTS = 16;
    private static final int CONNECTIONS = 256;
    private static final String MESSAGES = "messages";
    private static final String EVENTS = "events";

    private final Supplier<Optional<SynicPorts>> controller;

    // By connection id: VP index in bits 15:8, SINT in 7:0.
    private final Map<Integer, Integer> messages = new TreeMap<>();
    private final Map<Integer, Integer> events = new TreeMap<>();

    public SynicTestDevice(Supplier<Optional<SynicPorts>> controller) {
        this.controller = controller;
    }

    @Override
    public int first() {
        return PORT;
    }

    @Override
    public int count() {
        return 1;
    }

    @Override
    public synchronized void out(int offset, int bytes, int value) {
        int sint = value & 0xFF;
        if (bytes == 4 && sint < SINTS) {
            controller
                    .get()
                    .ifPresent(ports -> act(ports, value >>> 24, value >>> 16 & 0xFF, value >>> 8 & 0xFF, sint));
        }
    }

    private void act(SynicPorts ports, int connection, int operation, int vp, int sint) {
        switch (operation) {
            case RAISE -> ports.raise(vp, sint);
            case CONNECT_MESSAGES -> {
                if (messages.putIfAbsent(connection, vp << 8 | sint) == null) {
                    ports.connect(connection, echo(ports, vp, sint));
                }
            }
            case DISCONNECT_MESSAGES -> {
                if (messages.remove(connection) != null) {
                    ports.disconnectMessages(connection);
                }
            }
            case CONNECT_EVENTS -> {
                if (events.putIfAbsent(connection, vp << 8 | sint) == null) {
                    ports.connect(connection, flag(ports, vp, sint));
                }
            }
            case DISCONNECT_EVENTS -> {
                if (events.remove(connection) != null) {
                    ports.disconnectEvents(connection);
                }
            }
            default -> {}
        }
    }

    private static EventReceiver flag(SynicPorts ports, int vp, int sint) {
        return id -> ports.signalEvent(vp, sint, id);
    }

    private static MessageReceiver echo(SynicPorts ports, int vp, int sint) {
        AtomicBoolean isPending = new AtomicBoolean();
        return (connection, type, payload, payloadBytes) -> {
            if (!isPending.compareAndSet(false, true)) {
                return HvStatus.INSUFFICIENT_BUFFERS;
            }
            byte[] copy = Arrays.copyOf(payload, payloadBytes);
            int status = ports.postMessage(vp, sint, type, copy, () -> isPending.set(false));
            if (status != HvStatus.SUCCESS) {
                isPending.set(false);
            }
            return status;
        };
    }

    @Override
    public void reset() {
        connect(Map.of(), Map.of());
    }

    /** Has these connections and no others. */
    private synchronized void connect(Map<Integer, Integer> wantedMessages, Map<Integer, Integer> wantedEvents) {
        controller.get().ifPresent(ports -> {
            messages.keySet().forEach(ports::disconnectMessages);
            events.keySet().forEach(ports::disconnectEvents);
            wantedMessages.forEach((id, to) -> ports.connect(id, echo(ports, to >>> 8, to & 0xFF)));
            wantedEvents.forEach((id, to) -> ports.connect(id, flag(ports, to >>> 8, to & 0xFF)));
        });
        messages.clear();
        messages.putAll(wantedMessages);
        events.clear();
        events.putAll(wantedEvents);
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public synchronized Section section() {
        Map<String, Long> saved = new HashMap<>();
        messages.forEach((id, to) -> saved.put(MESSAGES + id, (long) to));
        events.forEach((id, to) -> saved.put(EVENTS + id, (long) to));
        return section(saved);
    }

    @Override
    public Runnable read(SectionReader saved) throws StateException {
        Map<Integer, Integer> wantedMessages = connections(saved, MESSAGES);
        Map<Integer, Integer> wantedEvents = connections(saved, EVENTS);
        if (!(wantedMessages.isEmpty() && wantedEvents.isEmpty())
                && controller.get().isEmpty()) {
            throw saved.bad("it has connections, and the guest no synthetic interrupt controller");
        }
        return () -> connect(wantedMessages, wantedEvents);
    }

    /** As in a machine that was saved without the device. */
    @Override
    public Optional<Runnable> withoutSection() {
        return Optional.of(this::reset);
    }

    /**
     * For a machine without the device, which is restored from one with it.
     *
     * @throws StateException if the guest had connections
     */
    public static void readUnused(SectionReader saved) throws StateException {
        if (!(connections(saved, MESSAGES).isEmpty()
                && connections(saved, EVENTS).isEmpty())) {
            throw saved.bad(
                    "it has connections, and this machine no such device: give it one (--device hyperv-testdev)");
        }
    }

    private static Map<Integer, Integer> connections(SectionReader saved, String kind) throws StateException {
        Map<Integer, Integer> connections = new TreeMap<>();
        for (int id = 0; id < CONNECTIONS; id++) {
            if (saved.has(kind + id)) {
                int to = saved.value(kind + id, 0, 0xFFFF);
                if ((to & 0xFF) >= SINTS) {
                    throw saved.bad("%s%d leads to no SINT: 0x%x".formatted(kind, id, to));
                }
                connections.put(id, to);
            }
        }
        return connections;
    }
}
