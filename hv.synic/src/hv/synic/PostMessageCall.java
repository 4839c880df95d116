package hv.synic;

import hv.api.GuestMemory;
import hv.api.HvStatus;
import hv.api.enlightenment.HypercallHandler;
import hv.api.enlightenment.HypercallInput;
import hv.api.enlightenment.Partition;
import hv.api.synic.MessageReceiver;
import hv.api.synic.SynicPorts;

/**
 * HvCallPostMessage: the guest sends up to 240 bytes to a connection. Input, in memory only: ConnectionId (32 bits, of
 * which 24 count), reserved, MessageType, PayloadSize, payload.
 *
 * <p>The order of checks is that of KVM (controller not active: 3) and then QEMU: fast form, 2; address not a multiple
 * of 4 (the TLFS asks for 8), 4; 256 bytes not all in RAM, 0xB; payload too long, 3 (TLFS: 5); nobody connected, 0x12.
 * Only then, with the TLFS, a type that is 0 or reserved for the hypervisor, 5. One object per VP, on its thread.
 */
final class PostMessageCall implements HypercallHandler {
    static final int INPUT_BYTES = 256;

    private static final int CONNECTION_ID = 0;
    private static final int MESSAGE_TYPE = 8;
    private static final int PAYLOAD_SIZE = 12;
    private static final int PAYLOAD = 16;

    private final Partition partition;
    private final GuestMemory memory;
    private final Connections<MessageReceiver> connections;
    private final boolean isActive;
    private final byte[] payload = new byte[SynicPorts.PAYLOAD_BYTES];

    PostMessageCall(Partition partition, Connections<MessageReceiver> connections, boolean isActive) {
        this.partition = partition;
        this.memory = partition.memory();
        this.connections = connections;
        this.isActive = isActive;
    }

    @Override
    public int call(HypercallInput input) {
        if (!isActive) {
            return HvStatus.INVALID_HYPERCALL_INPUT;
        }
        if (input.isFast()) {
            return HvStatus.INVALID_HYPERCALL_CODE;
        }
        long gpa = input.inputGpa();
        if ((gpa & 3) != 0) {
            return HvStatus.INVALID_ALIGNMENT;
        }
        if (!memory.isRam(gpa, INPUT_BYTES)) {
            return HvStatus.INSUFFICIENT_MEMORY;
        }
        int payloadBytes = memory.getInt(gpa + PAYLOAD_SIZE);
        if (payloadBytes < 0 || payloadBytes > SynicPorts.PAYLOAD_BYTES) {
            return HvStatus.INVALID_HYPERCALL_INPUT;
        }
        int id = memory.getInt(gpa + CONNECTION_ID) & SynicPorts.MAX_CONNECTION_ID;
        MessageReceiver receiver = connections.find(id);
        if (receiver == null) {
            return HvStatus.INVALID_CONNECTION_ID;
        }
        int type = memory.getInt(gpa + MESSAGE_TYPE);
        if (type <= 0) {
            return HvStatus.INVALID_PARAMETER;
        }
        if (payloadBytes > 0) {
            memory.read(gpa + PAYLOAD, payload, 0, payloadBytes);
        }
        try {
            return receiver.received(id, type, payload, payloadBytes);
        } catch (Throwable e) {
            // To the guest a receiver that fails is one that is not there.
            partition.listenerFailed(e);
            return HvStatus.INVALID_CONNECTION_ID;
        }
    }
}
