package hv.console;

import hv.api.dto.PlaceDTO;
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

    private SwapDTO take(String origin, GuestPartition partition) {
        String inPlace = partition.places().all().stream()
                .filter(place -> place.id().equals(id))
                .map(PlaceDTO::bundle)
                .findFirst()
                .orElse("");
        return Replacement.taken(
                id,
                origin,
                inPlace,
                partition.places().history(),
                () -> partition.places().swap(id, origin));
    }
}
