package hv.partition.places;

import hv.api.dto.FailureDTO;
import hv.api.dto.PlaceDTO;
import hv.api.dto.SwapDTO;
import hv.api.dto.SwapDTO.Kind;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.MsrRange;
import hv.api.host.Places;
import hv.partition.failure.BundleCalls;
import hv.partition.failure.Failures;
import hv.partition.plan.Catalogue;
import hv.partition.plan.Plan;
import hv.partition.vp.HypercallMsrs;
import hv.partition.vp.SafePoint;
import hv.partition.vp.VpImpl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The places of a partition's enlightenments, and what becomes of them as bundles come and go while the guest runs.
 * Changes are made by one thread at a time, under the partition's lock for changes; looking is for any thread.
 */
public final class PartitionPlaces implements Places {
    private final Surroundings surroundings;
    private final PlaceList places;
    private final Plan plan;
    private final Catalogue catalogue;
    private final SafePoint safePoint = new SafePoint();
    private final Vacancies vacancies;
    private final Router router;
    private final SwapHistory history;
    private final Swapper swapper;
    private final Succession succession;
    private final Newcomers newcomers;
    private final BundleCalls calls;

    /** Held by whoever changes who is where. */
    private final Object changes;

    private final BooleanSupplier isClosed;

    /**
     * Places for what is attached to {@code surroundings}; none yet.
     *
     * @param places the list that they come into
     * @param own what the partition itself answers
     * @param vps those that there are at a moment
     * @param changes the lock for changes
     * @param isClosed whether the partition is
     */
    public PartitionPlaces(
            Surroundings surroundings,
            PlaceList places,
            HypercallMsrs own,
            Supplier<VpImpl[]> vps,
            Plan plan,
            Catalogue catalogue,
            BundleCalls calls,
            Object changes,
            BooleanSupplier isClosed) {
        this.surroundings = surroundings;
        this.places = places;
        this.plan = plan;
        this.catalogue = catalogue;
        this.calls = calls;
        this.changes = changes;
        this.isClosed = isClosed;
        vacancies = new Vacancies(safePoint, vps, surroundings, calls.limits().successor());
        router = new Router(plan, surroundings.gate(), own, places, vacancies, vps);
        history = new SwapHistory(surroundings.partition().id(), this::tell);
        Surface surface = new Surface(surroundings.gate(), plan.configuration());
        swapper = new Swapper(surroundings, places, router, safePoint, surface, calls, history);
        newcomers = new Newcomers(surroundings, plan, catalogue, places, router, swapper, calls);
        succession = new Succession(places, catalogue, swapper);
    }

    private void tell(SwapDTO change) {
        List<String> vacant = places.all().stream()
                .filter(Place::isVacant)
                .map(Place::id)
                .sorted()
                .toList();
        surroundings.news().changed(change, vacant);
    }

    /** Who answers what. */
    public Router router() {
        return router;
    }

    /** What a VP does that is called to the safe point. */
    public Runnable safePoint() {
        return safePoint::arrive;
    }

    /** A way for host-side code into {@code place}, as {@code type}. */
    public <T> T door(Place place, Class<T> type) {
        return ServiceDoor.open(surroundings, vacancies, place, type);
    }

    /** Who attaches what has had no place yet. */
    public Newcomers newcomers() {
        return newcomers;
    }

    public Swapper swapper() {
        return swapper;
    }

    /**
     * Brings them in line with what was deployed and withdrawn while the partition was being built, which it was not
     * told.
     */
    public void settleIn() {
        change(candidates -> {
            for (Place place : places.all()) {
                catalogue.find(place.id()).ifPresent(newest -> succession.come(newest, candidates));
            }
            succession.follow(candidates);
        });
    }

    /** A version has been deployed. */
    public void deployed(Catalogue.Entry entry) {
        change(candidates -> succession.come(entry, candidates));
    }

    /** A version has been withdrawn. */
    public void withdrawn() {
        change(succession::follow);
    }

    /**
     * Makes a change under the lock, again and again until all versions that it wants for were made ready without the
     * lock.
     */
    private void change(Consumer<Candidates> change) {
        try (Candidates candidates = swapper.candidates()) {
            do {
                synchronized (changes) {
                    if (!isClosed.getAsBoolean()) {
                        change.accept(candidates);
                    }
                }
            } while (candidates.makeReady());
        }
    }

    /** Does what somebody has asked for, after the version that it may put in place was made ready. */
    private SwapDTO change(Optional<Catalogue.Entry> next, Function<Candidates, SwapDTO> asked) {
        try (Candidates candidates = swapper.candidates()) {
            next.ifPresent(candidates::want);
            candidates.makeReady();
            SwapDTO done;
            synchronized (changes) {
                done = asked.apply(candidates);
            }
            change(succession::follow);
            return done;
        }
    }

    @Override
    public SwapDTO swap(String id, String origin) {
        return change(version(id, origin), candidates -> swap(id, origin, candidates));
    }

    private Optional<Catalogue.Entry> version(String id, String origin) {
        return origin.isEmpty() ? catalogue.find(id) : catalogue.find(id, origin);
    }

    private SwapDTO swap(String id, String origin, Candidates candidates) {
        Optional<Place> place = places.find(id).filter(found -> !found.isRemoved());
        Optional<Catalogue.Entry> next = version(id, origin);
        if (place.isPresent() && next.isPresent()) {
            return swapper.settle(place.get(), next.get(), candidates);
        }
        SwapHistory.Change refused =
                history.begin(Kind.SWAP, id, place.map(Place::origin).orElse(""), origin);
        if (place.isEmpty()) {
            return refused.failed("partition %d does not have hv-%s"
                    .formatted(surroundings.partition().id(), id));
        }
        List<String> deployed =
                catalogue.versions(id).stream().map(Catalogue.Entry::origin).toList();
        return refused.failed(
                deployed.isEmpty()
                        ? "no deployed bundle offers hv-" + id
                        : "no deployed bundle '%s' offers hv-%s; there are %s".formatted(origin, id, deployed));
    }

    @Override
    public List<String> consequencesOfRemoving(String id) {
        List<String> lines = new ArrayList<>();
        List<Place> withDependents = new ArrayList<>(leaving(id));
        Collections.reverse(withDependents);
        for (Place place : withDependents) {
            Descriptor descriptor = place.descriptor();
            if (!place.id().equals(id)) {
                lines.add("hv-%s requires it and goes with it".formatted(place.id()));
            }
            for (MsrRange range : descriptor.msrs()) {
                lines.add("reads and writes of 0x%08x%s (%s) end in #GP"
                        .formatted(
                                range.first(),
                                range.first() == range.last() ? "" : "-0x%08x".formatted(range.last()),
                                range.name()));
            }
            descriptor
                    .hypercalls()
                    .forEach(spec -> lines.add("call 0x%04x (%s) ends with HV_STATUS_INVALID_HYPERCALL_CODE"
                            .formatted(spec.code(), spec.name())));
            place.promisedBits()
                    .forEach(bits -> lines.add("CPUID %s (%s), which it has read, promises what is gone"
                            .formatted(bits.where(), bits.name())));
        }
        return lines;
    }

    @Override
    public void remove(String id) {
        synchronized (changes) {
            List<Place> leaving = leaving(id);
            if (leaving.isEmpty()) {
                throw new IllegalArgumentException("partition %d does not have hv-%s"
                        .formatted(surroundings.partition().id(), id));
            }
            leaving.forEach(swapper::remove);
        }
    }

    /** The place of {@code id} and those of what requires it, each before what it requires. */
    private List<Place> leaving(String id) {
        return places.find(id)
                .filter(place -> !place.isRemoved())
                .map(place -> RequiresOrder.leaving(place, places.all()))
                .orElse(List.of());
    }

    @Override
    public void add(String id) {
        change(catalogue.find(id), candidates -> add(id, candidates));
    }

    private SwapDTO add(String id, Candidates candidates) {
        Place place = places.find(id)
                .filter(Place::isPromised)
                .orElseThrow(() -> new IllegalArgumentException(
                        "hv-%s was not promised to this guest, which has read its CPUID; a partition made now, or this one after a reset if CPUID is not enforced, has it"
                                .formatted(id)));
        if (!place.isRemoved()) {
            throw new IllegalArgumentException("hv-" + id + " has its place already");
        }
        Catalogue.Entry entry = catalogue
                .find(id)
                .orElseThrow(() -> new IllegalArgumentException("no deployed bundle offers hv-" + id));
        SwapDTO done = swapper.settle(place, entry, candidates);
        if (!done.succeeded()) {
            throw new IllegalArgumentException(done.outcome());
        }
        return done;
    }

    /** Nobody waits for a successor any more. */
    public void stopWaiting() {
        vacancies.stopWaiting();
    }

    @Override
    public void deadline(Duration deadline) {
        vacancies.deadline(deadline);
    }

    @Override
    public List<SwapDTO> history() {
        return history.rows();
    }

    @Override
    public List<FailureDTO> failures() {
        return surroundings.failures().rows();
    }

    @Override
    public List<PlaceDTO> all() {
        Failures failures = surroundings.failures();
        return places.all().stream()
                .map(place -> place.inspect(failures))
                .sorted(Comparator.comparing(PlaceDTO::id))
                .toList();
    }

    public void close() {
        stopWaiting();
        List<Tenant> leaving = places.tenants();
        calls.forEachWhileOthersWait(leaving, Tenant::close, (tenant, told) -> {});
        leaving.forEach(Tenant::takeBackLeases);
    }
}
