package hv.fuzz.guest;

import hv.api.HvStatus;
import hv.api.synic.SynicPorts;
import hv.fuzz.target.Choices;
import java.util.Optional;

/** Host-side code: connects, disconnects, posts messages and signals events, with numbers that may be wrong. */
final class PortAttack implements Attack {
    @Override
    public void on(AttackedPartition partition, Choices choices) {
        Optional<SynicPorts> ports = partition.partition.service("synic", SynicPorts.class);
        if (ports.isPresent()) {
            try {
                use(ports.get(), partition, choices);
            } catch (IllegalStateException | IllegalArgumentException e) {
                partition.answer(-1); // the interface says so
            }
        }
    }

    private static void use(SynicPorts ports, AttackedPartition partition, Choices choices) {
        int id = choices.below(6);
        int vp = choices.below(partition.vps.length + 2) - 1;
        int sint = choices.below(18) - 1;
        switch (choices.below(8)) {
            case 0 -> {
                int status = choices.oneIn(3) ? HvStatus.INSUFFICIENT_BUFFERS : HvStatus.SUCCESS;
                ports.connect(id, (connection, type, payload, length) -> {
                    partition.answer(type);
                    return status;
                });
            }
            case 1 -> ports.connect(id, connection -> HvStatus.SUCCESS);
            case 2 -> ports.disconnectMessages(id);
            case 3 -> ports.disconnectEvents(id);
            case 4 -> partition.answer(ports.signalEvent(vp, sint, choices.below(2100) - 20));
            case 5 -> partition.answer(ports.raise(vp, sint) ? 1 : 0);
            default -> {
                byte[] payload = new byte[choices.below(242)];
                partition.answer(
                        ports.postMessage(vp, sint, choices.below(100), payload, () -> partition.answer(sint)));
            }
        }
    }
}
