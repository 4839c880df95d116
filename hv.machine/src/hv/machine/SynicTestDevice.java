package hv.machine;

import hv.api.HvStatus;
import hv.api.synic.EventReceiver;
import hv.api.synic.MessageReceiver;
import hv.api.synic.SynicPorts;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
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
final class SynicTestDevice implements PortDevice {
    static final int PORT = 0x3000;

    private static final int RAISE = 3;
    private static final int CONNECT_MESSAGES = 4;
    private static final int DISCONNECT_MESSAGES = 5;
    private static final int CONNECT_EVENTS = 6;
    private static final int DISCONNECT_EVENTS = 7;
    private static final int SINTS = 16;

    private final Supplier<Optional<SynicPorts>> controller;
    private final Set<Integer> messages = new HashSet<>();
    private final Set<Integer> events = new HashSet<>();

    SynicTestDevice(Supplier<Optional<SynicPorts>> controller) {
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
                if (messages.add(connection)) {
                    ports.connect(connection, echo(ports, vp, sint));
                }
            }
            case DISCONNECT_MESSAGES -> {
                if (messages.remove(connection)) {
                    ports.disconnectMessages(connection);
                }
            }
            case CONNECT_EVENTS -> {
                if (events.add(connection)) {
                    EventReceiver flag = id -> ports.signalEvent(vp, sint, id);
                    ports.connect(connection, flag);
                }
            }
            case DISCONNECT_EVENTS -> {
                if (events.remove(connection)) {
                    ports.disconnectEvents(connection);
                }
            }
            default -> {}
        }
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

    /** Takes all connections away: the guest starts anew. */
    synchronized void reset() {
        controller.get().ifPresent(ports -> {
            messages.forEach(ports::disconnectMessages);
            events.forEach(ports::disconnectEvents);
        });
        messages.clear();
        events.clear();
    }
}
