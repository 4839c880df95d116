package hv.synic;

import hv.api.HvStatus;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.VirtualProcessor;
import hv.api.enlightenment.VpAttachment;
import hv.api.synic.EventReceiver;
import hv.api.synic.MessageReceiver;
import hv.api.synic.SynicPorts;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The controllers of one partition, and the door for host-side code. Connections belong to that code, not to the guest:
 * they are neither saved nor taken away by a reset, but handed over to a successor, as is who waits to hear that a
 * message was delivered. Any thread.
 */
final class SynicPartition implements Attachment, SynicPorts {
    private static final String MESSAGES = "messages";
    private static final String EVENTS = "events";
    private static final String SENDERS = "senders";

    private final Partition partition;
    private final boolean isActive;
    private final Connections<MessageReceiver> messages = new Connections<>(MessageReceiver.class);
    private final Connections<EventReceiver> events = new Connections<>(EventReceiver.class);
    private volatile SynicVp[] vps = {};

    SynicPartition(Partition partition) {
        this.partition = partition;
        this.isActive = partition.configuration().isEnabled(Synic.ID);
    }

    @Override
    public VpAttachment addVp(VirtualProcessor vp) {
        SynicVp part = new SynicVp(
                vp,
                partition.memory(),
                isActive,
                new PostMessageCall(partition, messages, isActive),
                new SignalEventCall(partition, events, isActive));
        SynicVp[] more = Arrays.copyOf(vps, vps.length + 1);
        more[vps.length] = part;
        vps = more;
        return part;
    }

    @Override
    public Map<String, Object> handOver() {
        List<List<List<Runnable>>> senders =
                Arrays.stream(vps).map(SynicVp::senders).toList();
        return Map.of(MESSAGES, messages.all(), EVENTS, events.all(), SENDERS, senders);
    }

    @Override
    public void takeOver(Map<String, Object> handedOver) {
        messages.replace(handedOver.get(MESSAGES));
        events.replace(handedOver.get(EVENTS));
        if (handedOver.get(SENDERS) instanceof List<?> senders) {
            for (int vp = 0; vp < Math.min(senders.size(), vps.length); vp++) {
                vps[vp].senders(senders.get(vp));
            }
        }
    }

    @Override
    public void connect(int connectionId, MessageReceiver receiver) {
        messages.connect(connectionId, receiver);
    }

    @Override
    public void connect(int connectionId, EventReceiver receiver) {
        events.connect(connectionId, receiver);
    }

    @Override
    public void disconnectMessages(int connectionId) {
        messages.disconnect(connectionId);
    }

    @Override
    public void disconnectEvents(int connectionId) {
        events.disconnect(connectionId);
    }

    @Override
    public int postMessage(int vp, int sint, int type, byte[] payload, Runnable onDelivered) {
        if (sint < 0 || sint >= Sints.COUNT || type == 0 || payload.length > PAYLOAD_BYTES) {
            throw new IllegalArgumentException("SINT %d (0 to 15), type 0x%x (not 0), payload of %d bytes (at most %d)"
                    .formatted(sint, type, payload.length, PAYLOAD_BYTES));
        }
        java.util.Objects.requireNonNull(onDelivered, "onDelivered");
        SynicVp[] all = vps;
        if (vp < 0 || vp >= all.length) {
            return HvStatus.INVALID_VP_INDEX;
        }
        if (!isActive) {
            return HvStatus.INVALID_SYNIC_STATE;
        }
        return all[vp].post(sint, new QueuedMessage(type, payload.clone(), onDelivered));
    }

    @Override
    public int signalEvent(int vp, int sint, int flag) {
        SynicVp[] all = vps;
        if (vp < 0 || vp >= all.length) {
            return HvStatus.INVALID_VP_INDEX;
        }
        if (sint < 0 || sint >= Sints.COUNT || flag < 0 || flag >= EventPage.FLAGS) {
            return HvStatus.INVALID_PARAMETER;
        }
        return all[vp].signalEvent(sint, flag);
    }

    @Override
    public boolean raise(int vp, int sint) {
        SynicVp[] all = vps;
        return vp >= 0 && vp < all.length && sint >= 0 && sint < Sints.COUNT && all[vp].raise(sint);
    }
}
