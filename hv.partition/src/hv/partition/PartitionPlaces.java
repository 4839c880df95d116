package hv.partition;

import hv.api.Descriptor;
import hv.api.MsrRange;
import hv.api.dto.FailureDTO;
import hv.api.dto.SlotDTO;
import hv.api.dto.SwapDTO;
import hv.api.dto.SwapDTO.Kind;
import hv.api.host.Places;
import hv.partition.failure.BundleCalls;
import hv.partition.failure.Callback;
import hv.partition.failure.Failures;
import hv.partition.plan.Catalogue;
import hv.partition.plan.Gate;
import hv.partition.plan.Plan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The places of a partition's enlightenments, and what becomes of them as bundles come and go while the guest runs. Changes are made by
 * one thread at a time, under the partition's lock for changes; looking is for any thread.
 */
final class PartitionPlaces implements Places {
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private final PartitionImpl partition;

    /** Held by whoever changes who is where. */
    private final Object changes;

    private final Plan plan;
    private final Catalogue catalogue;
    private final List<Slot> slots;
    private final SafePoint safePoint = new SafePoint();
    private final SwapHistory history;
    private final Swapper swapper;
    private final Succession succession;
    private final Newcomers newcomers;
    private final Failures failures;
    private final BundleCalls calls;
    private volatile long deadlineNanos = DEADLINE.toNanos();

    PartitionPlaces(
            PartitionImpl partition,
            List<Slot> slots,
            Object changes,
            Plan plan,
            Catalogue catalogue,
            Gate gate,
            Failures failures,
            BundleCalls calls) {
        this.partition = partition;
        this.slots = slots;
        this.changes = changes;
        this.plan = plan;
        this.catalogue = catalogue;
        this.failures = failures;
        this.calls = calls;
        history = new SwapHistory(partition.id());
        Surface surface = new Surface(gate, plan.configuration(), calls);
        swapper = new Swapper(partition, slots, safePoint, surface, failures, calls, history);
        newcomers = new Newcomers(partition, plan, catalogue, slots, swapper, calls);
        succession = new Succession(slots, catalogue, swapper);
    }

    /** Who attaches what has had no place yet. */
    Newcomers newcomers() {
        return newcomers;
    }

    Swapper swapper() {
        return swapper;
    }

    /** Brings them in line with what was deployed and withdrawn while the partition was being built, which it was not told. */
    void settleIn() {
        synchronized (changes) {
            for (Slot slot : slots) {
                catalogue.find(slot.id()).ifPresent(succession::come);
            }
            succession.follow();
        }
    }

    /** The places that somebody is in. */
    List<Slot> taken() {
        return slots.stream().filter(slot -> slot.tenant() != null).toList();
    }

    /** All places; a live list for going through. */
    List<Slot> all() {
        return slots;
    }

    /** The place of an enlightenment, if there is one. */
    Optional<Slot> find(String id) {
        for (Slot slot : slots) {
            if (slot.id().equals(id)) {
                return Optional.of(slot);
            }
        }
        return Optional.empty();
    }

    /** A version has been deployed. */
    void deployed(Catalogue.Entry entry) {
        swapper.rehearsals().before(entry, () -> {
            synchronized (changes) {
                if (!partition.isClosed()) {
                    succession.come(entry);
                }
            }
        });
    }

    /** A version has been withdrawn. */
    void withdrawn() {
        synchronized (changes) {
            if (!partition.isClosed()) {
                succession.follow();
            }
        }
    }

    @Override
    public SwapDTO swap(String id, String origin) {
        return rehearsed(version(id, origin), id, () -> swapNow(id, origin));
    }

    /** Does {@code change} after the version that it may put in place has rehearsed, which nobody has to wait for. */
    private <T> T rehearsed(Optional<Catalogue.Entry> next, String id, Supplier<T> change) {
        return next.isPresent() && find(id).isPresent() ? swapper.rehearsals().first(next.get(), change) : change.get();
    }

    private Optional<Catalogue.Entry> version(String id, String origin) {
        return origin.isEmpty() ? catalogue.find(id) : catalogue.find(id, origin);
    }

    private SwapDTO swapNow(String id, String origin) {
        synchronized (changes) {
            Optional<Slot> slot = find(id).filter(found -> !found.isRemoved());
            Optional<Catalogue.Entry> next = version(id, origin);
            if (slot.isPresent() && next.isPresent()) {
                SwapDTO done = swapper.settle(slot.get(), next.get());
                succession.follow();
                return done;
            }
            SwapHistory.Change refused =
                    history.begin(Kind.SWAP, id, slot.map(Slot::origin).orElse(""), origin);
            if (slot.isEmpty()) {
                return refused.failed("partition %d does not have hv-%s".formatted(partition.id(), id));
            }
            List<String> deployed =
                    catalogue.versions(id).stream().map(Catalogue.Entry::origin).toList();
            return refused.failed(
                    deployed.isEmpty()
                            ? "no deployed bundle offers hv-" + id
                            : "no deployed bundle '%s' offers hv-%s; there are %s".formatted(origin, id, deployed));
        }
    }

    @Override
    public List<String> consequencesOfRemoving(String id) {
        List<String> lines = new ArrayList<>();
        for (Slot slot : withDependents(id)) {
            Descriptor descriptor = slot.descriptor();
            if (!slot.id().equals(id)) {
                lines.add("hv-%s requires it and goes with it".formatted(slot.id()));
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
            slot.promisedBits()
                    .forEach(bits -> lines.add("CPUID %s (%s), which it has read, promises what is gone"
                            .formatted(bits.where(), bits.name())));
        }
        return lines;
    }

    @Override
    public void remove(String id) {
        synchronized (changes) {
            List<Slot> leaving = withDependents(id);
            if (leaving.isEmpty()) {
                throw new IllegalArgumentException("partition %d does not have hv-%s".formatted(partition.id(), id));
            }
            leaving.reversed().forEach(swapper::remove);
        }
    }

    /** The place of {@code id} and those of what requires it, each after what it requires. */
    private List<Slot> withDependents(String id) {
        return find(id).filter(slot -> !slot.isRemoved())
                .map(slot -> RequiresOrder.withDependents(slot, slots))
                .orElse(List.of());
    }

    @Override
    public void add(String id) {
        rehearsed(catalogue.find(id), id, () -> addNow(id));
    }

    private SwapDTO addNow(String id) {
        synchronized (changes) {
            Slot slot = find(id).filter(Slot::isPromised)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "hv-%s was not promised to this guest, which has read its CPUID; a partition made now, or this one after a reset if CPUID is not enforced, has it"
                                    .formatted(id)));
            if (!slot.isRemoved()) {
                throw new IllegalArgumentException("hv-" + id + " has its place already");
            }
            Catalogue.Entry entry = catalogue
                    .find(id)
                    .orElseThrow(() -> new IllegalArgumentException("no deployed bundle offers hv-" + id));
            SwapDTO done = swapper.settle(slot, entry);
            if (!done.succeeded()) {
                throw new IllegalArgumentException(done.outcome());
            }
            succession.follow();
            return done;
        }
    }

    /** When a wait for a successor that begins now is in vain, by {@link System#nanoTime}. */
    long vacancyDeadlineNanos() {
        return System.nanoTime() + deadlineNanos;
    }

    /** Waits until somebody is in place, on the thread of a VP; false if it was in vain. */
    boolean awaitSuccessor(Slot slot, long deadline) {
        slot.waitingVps().incrementAndGet();
        try {
            return isAwaited(true, slot, deadline);
        } finally {
            slot.waitingVps().decrementAndGet();
        }
    }

    /**
     * Waits until somebody is in place, for host-side code; false if it was in vain. On a VP's thread it may be code of the VMM, between two
     * of the VP's exits: the VP is at a safe point then. Code that a handler calls does not wait, since its VP could not come to one.
     */
    boolean awaitSuccessorOutside(Slot slot, long deadline) {
        for (VpImpl vp : partition.vps()) {
            if (vp.isOwn()) {
                return !VpImpl.isOnStack() && isAwaited(true, slot, deadline);
            }
        }
        return isAwaited(false, slot, deadline);
    }

    private boolean isAwaited(boolean isVp, Slot slot, long deadline) {
        boolean came = safePoint.await(isVp, slot::isVacant, deadline);
        if (!came
                && !safePoint.isClosed()
                && Failures.isPowerOfTen(slot.timeouts().incrementAndGet())) {
            failures.record(slot.id(), Callback.SUCCESSION, new SwapException("no successor came in time"));
        }
        return came;
    }

    /** Nobody waits for a successor any more. */
    void stopWaiting() {
        safePoint.close();
    }

    void arriveAtSafePoint() {
        safePoint.arrive();
    }

    @Override
    public void deadline(Duration deadline) {
        if (deadline.isNegative() || deadline.compareTo(Duration.ofMinutes(10)) > 0) {
            throw new IllegalArgumentException("a deadline is 0 to 10 minutes, not " + deadline);
        }
        deadlineNanos = deadline.toNanos();
    }

    @Override
    public List<SwapDTO> history() {
        return history.rows();
    }

    @Override
    public List<FailureDTO> failures() {
        return failures.rows();
    }

    @Override
    public List<SlotDTO> slots() {
        return slots.stream()
                .map(slot -> slot.inspect(failures.count(slot.id()), failures.last(slot.id())))
                .sorted(Comparator.comparing(SlotDTO::id))
                .toList();
    }

    void close() {
        stopWaiting();
        List<Tenant> leaving =
                slots.stream().map(Slot::tenant).filter(Objects::nonNull).toList();
        calls.forEachWhileOthersWait(leaving, Tenant::close, (tenant, told) -> {});
        leaving.forEach(Tenant::takeBackLeases);
    }
}
