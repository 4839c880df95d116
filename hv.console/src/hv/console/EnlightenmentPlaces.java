package hv.console;

import hv.api.dto.SwapDTO;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import java.time.Duration;
import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleRevision;

/**
 * The places of an enlightenment in guests, for a bundle that shall take them.
 *
 * @param id the enlightenment
 */
record EnlightenmentPlaces(Hypervisor hypervisor, String id, List<GuestPartition> partitions)
        implements Replacement.Places {
    private static final String NAMESPACE = "hv.enlightenment";

    /** A version that does not come back from a step is refused long before. */
    private static final Duration LONGEST = Duration.ofMinutes(1);

    @Override
    public String wanted() {
        return "hv-" + id;
    }

    @Override
    public boolean isOfferedBy(Bundle bundle) {
        return bundle.adapt(BundleRevision.class).getDeclaredCapabilities(NAMESPACE).stream()
                .anyMatch(capability -> id.equals(capability.getAttributes().get(NAMESPACE)));
    }

    @Override
    public List<SwapDTO> take(String origin) {
        hypervisor.settle(LONGEST);
        return partitions.stream().map(partition -> take(origin, partition)).toList();
    }

    /** A newer version has taken over by being started; an older one, or one that was refused, is asked to. */
    private SwapDTO take(String origin, GuestPartition partition) {
        boolean isInPlace = partition.places().all().stream()
                .anyMatch(slot -> slot.id().equals(id) && slot.bundle().equals(origin));
        return partition.places().history().stream()
                .filter(row -> isInPlace && row.id().equals(id) && row.to().equals(origin))
                .reduce((older, newer) -> newer)
                .orElseGet(() -> partition.places().swap(id, origin));
    }
}
