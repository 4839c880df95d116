package hv.partition;

import hv.api.dto.SwapDTO;
import hv.partition.plan.Catalogue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who is in which place of a running partition as versions are deployed and withdrawn.
 *
 * <p>What requires another enlightenment is in place only while that one is: it leaves before it, with its state kept, though its own version
 * stays deployed, and comes back after it. That holds in whatever order, and on whatever threads, versions come and go, since what is
 * done follows from what is deployed at that moment and not from what is told: a word that comes late does no harm.
 *
 * <p>Under the partition's lock for changes.
 */
final class Succession {
    private final List<Slot> slots;
    private final Catalogue catalogue;
    private final Swapper swapper;

    /** Versions that could not take a place, and how much had changed by then: each is tried again once something else has. */
    private final Map<Catalogue.Entry, Integer> refused = new HashMap<>();

    private int changes;

    Succession(List<Slot> slots, Catalogue catalogue, Swapper swapper) {
        this.slots = slots;
        this.catalogue = catalogue;
        this.swapper = swapper;
    }

    /** A version has come: it takes the place of an older one, or a vacant one. */
    void come(Catalogue.Entry newcomer) {
        if (catalogue.contains(newcomer)) {
            find(newcomer.id()).ifPresent(slot -> offer(slot, newcomer));
        }
        follow();
    }

    private void offer(Slot slot, Catalogue.Entry newcomer) {
        Tenant tenant = slot.tenant();
        if (tenant != null && isNewer(newcomer, tenant.entry())) {
            isSettled(slot, newcomer);
        } else if (slot.displaced() != null && isNewer(newcomer, slot.displaced())) {
            slot.forgetDisplaced();
        }
    }

    private static boolean isNewer(Catalogue.Entry one, Catalogue.Entry other) {
        return one.release().compareTo(other.release()) > 0;
    }

    /**
     * Brings the places in line with what is deployed. Who is deployed no longer leaves, unless another version follows; vacant places are
     * filled.
     */
    void follow() {
        refused.keySet().removeIf(entry -> !catalogue.contains(entry));
        for (Slot slot : slots) {
            Tenant tenant = slot.tenant();
            if (tenant != null && !catalogue.contains(tenant.entry()) && !isFilled(slot)) {
                leave(slot);
            }
        }
        fill();
        for (Slot slot : slots) {
            if (slot.displaced() != null && !catalogue.contains(slot.displaced())) {
                slot.forgetDisplaced();
            }
        }
    }

    /** Whoever is in {@code leaving} goes, after those who require it. One that cannot go keeps what it requires in place. */
    private void leave(Slot leaving) {
        for (Slot slot : RequiresOrder.withDependents(leaving, slots).reversed()) {
            if (slot.tenant() != null) {
                SwapDTO done = slot.isPromised() ? swapper.vacate(slot) : swapper.remove(slot);
                if (!done.succeeded()) {
                    return;
                }
                changes++;
            }
        }
    }

    /** Again and again, since a place that is filled may be what another waits for. */
    private void fill() {
        boolean isMore = true;
        while (isMore) {
            isMore = false;
            for (Slot slot : slots) {
                isMore |= slot.isVacant() && isFilled(slot);
            }
        }
    }

    /** Whether a deployed version takes the place: the one that was in it and is still deployed, or the newest that fits. */
    private boolean isFilled(Slot slot) {
        List<Catalogue.Entry> versions = new ArrayList<>(catalogue.versions(slot.id()));
        if (versions.remove(slot.displaced())) {
            versions.addFirst(slot.displaced());
        }
        for (Catalogue.Entry version : versions) {
            if (isTried(version) && isSettled(slot, version)) {
                return true;
            }
        }
        return false;
    }

    private boolean isTried(Catalogue.Entry version) {
        Integer then = refused.get(version);
        return (then == null || then != changes)
                && version.descriptor().requires().stream()
                        .noneMatch(id -> find(id).filter(Slot::isVacant).isPresent());
    }

    private boolean isSettled(Slot slot, Catalogue.Entry version) {
        if (swapper.settle(slot, version).succeeded()) {
            changes++;
            return true;
        }
        refused.put(version, changes);
        return false;
    }

    private Optional<Slot> find(String id) {
        return slots.stream().filter(slot -> slot.id().equals(id)).findFirst();
    }
}
