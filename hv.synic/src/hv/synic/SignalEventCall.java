package hv.synic;

import hv.api.HvStatus;
import hv.api.enlightenment.HypercallHandler;
import hv.api.enlightenment.HypercallInput;
import hv.api.enlightenment.Partition;
import hv.api.synic.EventReceiver;
import hv.api.synic.SynicPorts;

/**
 * HvCallSignalEvent: the guest signals an event connection. Input: ConnectionId (32 bits, of which 24 may be used),
 * FlagNumber (16), reserved (16).
 *
 * <p>As in KVM and QEMU there is one flag per connection, number 0; another is 0x11, whatever else is wrong, and then
 * reserved bits are 3. Nobody connected: 0x12. KVM takes both 0x11 and "nobody" for "perhaps the VMM knows" and asks it
 * only if the VP's controller is active; otherwise both end as 3. One object per VP, on its thread.
 */
final class SignalEventCall implements HypercallHandler {
    static final int INPUT_BYTES = 8;

    private static final long FLAG_NUMBER = 0xFFFF_0000_0000L;

    private final Partition partition;
    private final Connections<EventReceiver> connections;
    private final boolean isActive;

    SignalEventCall(Partition partition, Connections<EventReceiver> connections, boolean isActive) {
        this.partition = partition;
        this.connections = connections;
        this.isActive = isActive;
    }

    @Override
    public int call(HypercallInput input) {
        int status = input.fetch();
        if (status != HvStatus.SUCCESS) {
            return status;
        }
        long parameter = input.qword(0);
        if ((parameter & FLAG_NUMBER) != 0) {
            return isActive ? HvStatus.INVALID_PORT_ID : HvStatus.INVALID_HYPERCALL_INPUT;
        }
        if ((parameter & ~SynicPorts.MAX_CONNECTION_ID) != 0) {
            return HvStatus.INVALID_HYPERCALL_INPUT;
        }
        int id = (int) parameter;
        EventReceiver receiver = connections.find(id);
        if (receiver == null) {
            return isActive ? HvStatus.INVALID_CONNECTION_ID : HvStatus.INVALID_HYPERCALL_INPUT;
        }
        try {
            return receiver.signalled(id);
        } catch (Throwable e) {
            // To the guest a receiver that fails is one that is not there.
            partition.listenerFailed(e);
            return HvStatus.INVALID_CONNECTION_ID;
        }
    }
}
