package hv.soak;

import hv.api.synic.EventReceiver;
import hv.api.synic.MessageReceiver;
import hv.api.synic.SynicPorts;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A controller that remembers what it was asked and answers as it is told. */
final class FakePorts implements SynicPorts {
    final Map<Integer, MessageReceiver> messages = new HashMap<>();
    final Map<Integer, EventReceiver> events = new HashMap<>();
    final List<Long> numbers = new ArrayList<>();
    final List<Integer> flags = new ArrayList<>();
    int status;

    @Override
    public void connect(int connectionId, MessageReceiver receiver) {
        messages.put(connectionId, receiver);
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
        if (status == 0 && payload.length > 0) {
            numbers.add(ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN).getLong());
        }
        return status;
    }

    @Override
    public int signalEvent(int vp, int sint, int flag) {
        flags.add(flag);
        return status;
    }

    @Override
    public boolean raise(int vp, int sint) {
        return false;
    }
}
