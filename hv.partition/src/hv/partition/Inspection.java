package hv.partition;

import hv.api.dto.PartitionDTO;
import hv.partition.plan.Plan;
import hv.partition.vp.RouteInspection;

/** Puts together what people see of a partition. Any thread. */
final class Inspection {
    private Inspection() {}

    static PartitionDTO of(
            PartitionImpl partition, Plan plan, String host, long guestOsId, RouteInspection routes, PowerLog power) {
        return new PartitionDTO(
                partition.id(),
                host,
                plan.flags().canonical().toString(),
                plan.configuration().enabled().stream().sorted().toList(),
                plan.configuration().enforcesCpuid(),
                partition.vpCount(),
                partition.referenceTime100ns(),
                guestOsId,
                plan.cpuid(),
                routes.msrs(plan.isAnnounced()),
                routes.hypercalls(),
                routes.unroutedMsrs(),
                power.crashes());
    }
}
