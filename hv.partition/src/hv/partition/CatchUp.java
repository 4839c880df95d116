package hv.partition;

import hv.partition.failure.Callback;
import hv.partition.failure.Failures;
import java.util.List;

/**
 * What is made up for when a place is filled that was vacant: who takes it hears what it has missed, and all others that it is there again.
 * None of that can be taken back, so it comes when the successor is in place for good; what fails is logged and keeps nothing else from
 * being done. While every VP is at a safe point.
 */
final class CatchUp {
    private final List<Slot> slots;
    private final Failures failures;

    CatchUp(List<Slot> slots, Failures failures) {
        this.slots = slots;
        this.failures = failures;
    }

    /** Makes up for the time in which nobody was in {@code filled}. */
    void with(Slot filled) {
        attempt(filled, Callback.CLOCK, () -> TscFrequency.catchUp(filled));
        StandIn[] standIns = filled.takeStandIns();
        for (int i = 0; i < standIns.length; i++) {
            int vp = i;
            attempt(filled, Callback.ACKNOWLEDGED, () -> standIns[vp].tell(filled.vp(vp)));
        }
        for (Slot other : slots) {
            Tenant tenant = other.tenant();
            if (tenant != null && other != filled) {
                tenant.parts().forEach(part -> attempt(other, Callback.RETURNED, () -> part.returned(filled.id())));
            }
        }
    }

    private void attempt(Slot place, Callback callback, Runnable told) {
        try {
            told.run();
        } catch (Throwable e) {
            failures.record(place.id(), callback, e);
        }
    }
}
