package hv.partition.places;

import hv.api.Problem;
import hv.api.host.ConfigurationException;
import hv.partition.failure.BundleCalls;
import hv.partition.failure.CallException;
import hv.partition.plan.Catalogue;
import hv.partition.plan.Offers;
import hv.partition.plan.Plan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Attaches enlightenments that have had no place yet: what was planned while the partition is built, and, where CPUID
 * is not enforced, at a reset what was deployed meanwhile. One that was promised and cannot be attached keeps the
 * partition from being built; another is left out, with what requires it.
 */
public final class Newcomers {
    private final Surroundings surroundings;
    private final Plan plan;
    private final Catalogue catalogue;
    private final PlaceList places;
    private final Router router;
    private final Swapper swapper;
    private final BundleCalls calls;

    Newcomers(
            Surroundings surroundings,
            Plan plan,
            Catalogue catalogue,
            PlaceList places,
            Router router,
            Swapper swapper,
            BundleCalls calls) {
        this.surroundings = surroundings;
        this.plan = plan;
        this.catalogue = catalogue;
        this.places = places;
        this.router = router;
        this.swapper = swapper;
        this.calls = calls;
    }

    /**
     * Attaches what was planned. Before any VP is added.
     *
     * @throws ConfigurationException if one that was promised fails; nothing is attached then
     */
    public void attach(List<Catalogue.Entry> entries) throws ConfigurationException {
        Map<String, Tenant> made = new LinkedHashMap<>();
        List<Problem> problems = new ArrayList<>();
        calls.forEach(
                entries,
                (entry, steps) -> {
                    Tenant tenant = Tenant.attach(entry, surroundings, steps);
                    steps.commit(() -> made.put(entry.id(), tenant));
                },
                (entry, failure) -> {
                    if (isPromised(entry)) {
                        problems.add(Offers.failed(entry, failure));
                    }
                });
        if (!problems.isEmpty()) {
            made.values().forEach(tenant -> tenant.release(calls));
            throw new ConfigurationException(problems);
        }
        releaseIncomplete(made);
        made.values().forEach(tenant -> places.add(place(tenant)));
    }

    private void releaseIncomplete(Map<String, Tenant> made) {
        boolean isComplete = false;
        while (!isComplete) {
            isComplete = true;
            for (Tenant tenant : List.copyOf(made.values())) {
                if (!made.keySet().containsAll(tenant.descriptor().requires())) {
                    made.remove(tenant.entry().id());
                    tenant.release(calls);
                    isComplete = false;
                }
            }
        }
    }

    private boolean isPromised(Catalogue.Entry entry) {
        return plan.configuration().isEnabled(entry.id());
    }

    private Place place(Tenant tenant) {
        String id = tenant.entry().id();
        return new Place(tenant, isPromised(tenant.entry()), plan.promised().getOrDefault(id, List.of()));
    }

    /**
     * Without enforcement a guest has whatever is deployed: what came meanwhile is attached. While every VP is stopped.
     */
    public void attachDeployed() {
        if (!plan.isAnnounced() || plan.configuration().enforcesCpuid()) {
            return;
        }
        boolean isMore = true;
        while (isMore) {
            isMore = false;
            for (Catalogue.Entry entry : catalogue.all()) {
                isMore |= isNewcomer(entry) && attach(entry);
            }
        }
    }

    private boolean isNewcomer(Catalogue.Entry entry) {
        boolean isAbsent = places.find(entry.id())
                .map(place -> place.isRemoved() && !place.isPromised())
                .orElse(true);
        return isAbsent && entry.descriptor().requires().stream().allMatch(this::isThere);
    }

    private boolean isThere(String id) {
        return places.find(id).filter(place -> place.tenant() != null).isPresent();
    }

    private boolean attach(Catalogue.Entry entry) {
        var closed = places.find(entry.id());
        if (closed.isPresent()) {
            try (Candidates candidates = swapper.candidates()) {
                return swapper.settle(closed.get(), entry, candidates).succeeded();
            }
        }
        Tenant newcomer = null;
        try {
            Tenant attached = calls.whileOthersWait(steps -> Tenant.attach(entry, surroundings, steps));
            newcomer = attached;
            Runnable publish = calls.whileOthersWait(steps -> {
                attached.addVps(router.vps(), steps);
                return router.routesTo(attached, steps);
            });
            places.add(place(attached));
            publish.run();
            return true;
        } catch (CallException told) {
            if (newcomer != null) {
                newcomer.release(calls);
            }
            return false;
        }
    }
}
