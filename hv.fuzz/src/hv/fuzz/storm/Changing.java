package hv.fuzz.storm;

import hv.api.dto.SwapDTO;
import hv.api.enlightenment.Enlightenment;
import java.util.concurrent.locks.ReentrantLock;

/** Enlightenments are replaced; where they may, their bundles leave and come back. */
final class Changing extends Worker {
    private final ReentrantLock changes;
    private final boolean hasVacancies;

    /** With the lock that keeps changes and stops apart. */
    Changing(Weather weather, long seed, ReentrantLock changes, boolean hasVacancies) {
        super(weather, seed);
        this.changes = changes;
        this.hasVacancies = hasVacancies;
    }

    @Override
    void once() throws InterruptedException {
        Enlightenment enlightenment = weather.service()
                .all()
                .get(choices.below(weather.service().all().size()));
        changes.lockInterruptibly();
        try {
            if (hasVacancies && choices.oneIn(8)) {
                weather.service().leaves(enlightenment);
                Weather.rest(choices, 50_000);
                weather.service().comes(enlightenment);
                weather.did(Storm.VACANCIES);
            } else {
                swap(enlightenment.descriptor().id());
            }
        } finally {
            changes.unlock();
        }
        Weather.rest(choices, 2_000);
    }

    private void swap(String id) {
        if (weather.partition().places().all().stream()
                .noneMatch(slot -> slot.id().equals(id))) {
            return;
        }
        SwapDTO swap = weather.partition().places().swap(id, "");
        weather.did(swap.succeeded() ? Storm.SWAPS : Storm.REFUSED_SWAPS);
    }
}
