package hv.partition.vp;

import hv.api.dto.RouteDTO;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.HypercallSpec;
import hv.api.enlightenment.MsrRange;
import hv.partition.plan.Gate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Puts routes and counters of all VPs together for tools. Used by one thread, for one snapshot. */
public final class RouteInspection {
    private final VpImpl[] vps;
    private final List<Descriptor> descriptors;
    private final Gate gate;
    private final boolean[] routed = new boolean[Routes.MSRS];

    /** Inspects these VPs, and who is or was in the places. */
    public RouteInspection(VpImpl[] vps, List<Descriptor> descriptors, Gate gate) {
        this.vps = vps.clone();
        this.descriptors = descriptors;
        this.gate = gate;
    }

    public List<RouteDTO> msrs(boolean isAnnounced) {
        List<RouteDTO> rows = new ArrayList<>();
        if (isAnnounced) {
            addMsrs(HypercallMsrs.DESCRIPTOR, rows);
        }
        descriptors.forEach(descriptor -> addMsrs(descriptor, rows));
        rows.sort(Comparator.comparingInt(RouteDTO::number));
        return rows;
    }

    private void addMsrs(Descriptor descriptor, List<RouteDTO> rows) {
        for (MsrRange range : descriptor.msrs()) {
            for (int msr = range.first(); msr <= range.last(); msr++) {
                int index = msr - MsrRange.WINDOW_FIRST;
                routed[index] = true;
                long reads = 0;
                long writes = 0;
                long refused = 0;
                for (VpImpl vp : vps) {
                    reads += vp.reads[index];
                    writes += vp.writes[index];
                    refused += vp.refusedMsrs[index];
                }
                rows.add(new RouteDTO(
                        msr,
                        range.name() + (msr == range.first() ? "" : "+" + (msr - range.first())),
                        descriptor.id(),
                        range.access().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '),
                        range.privilege().name(),
                        gate.isOpen(range.privilege()),
                        reads,
                        writes,
                        refused));
            }
        }
    }

    public List<RouteDTO> hypercalls() {
        List<RouteDTO> rows = new ArrayList<>();
        for (Descriptor descriptor : descriptors) {
            for (HypercallSpec spec : descriptor.hypercalls()) {
                int index = Routes.callIndex(spec.code());
                long calls = 0;
                long refused = 0;
                for (VpImpl vp : vps) {
                    calls += vp.calls[index];
                    refused += vp.refusedCalls[index];
                }
                rows.add(new RouteDTO(
                        spec.code(),
                        spec.name(),
                        descriptor.id(),
                        "",
                        spec.privilege().name(),
                        gate.isOpen(spec.privilege()),
                        0,
                        calls,
                        refused));
            }
        }
        rows.sort(Comparator.comparingInt(RouteDTO::number));
        return rows;
    }

    /** Refused accesses to MSRs without an owner; call it after {@link #msrs}. */
    public long unroutedMsrs() {
        long sum = 0;
        for (VpImpl vp : vps) {
            sum += vp.refusedMsrs[VpImpl.OUTSIDE_WINDOW];
            for (int i = 0; i < routed.length; i++) {
                sum += routed[i] ? 0 : vp.refusedMsrs[i];
            }
        }
        return sum;
    }
}
