package hv.partition.places;

import hv.api.SavedState.Section;
import hv.api.dto.PlaceDTO;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.VpAttachment;
import hv.partition.failure.BundleCalls.Steps;
import hv.partition.failure.CallException;
import hv.partition.failure.Failures;
import hv.partition.plan.Catalogue;
import hv.partition.vp.SafePoint;
import hv.partition.vp.SwapException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The place of one enlightenment in one partition. It belongs to the partition, as does the state; who is in it, its
 * {@link Tenant}, comes from a bundle and may leave. Then the place is vacant and keeps the state for a successor, or,
 * if nobody was promised anything, it is closed.
 *
 * <p>Changed only while every VP is stopped, at a safe point or not yet there, and no host-side code is in the tenant
 * ({@link #exclusively}). Reading is for any thread.
 */
public final class Place implements Parts {
    private static final VpAttachment[] NOBODY = {};

    /**
     * What a vacant place keeps.
     *
     * @param sections the saved state; empty if it was lost
     * @param fresh the state that a reset gives
     * @param handedOver what {@link hv.api.enlightenment.Attachment#handOver} gave
     */
    record Kept(List<Section> sections, List<Section> fresh, Map<String, Object> handedOver) {
        long bytes() {
            return TenantState.bytes(sections);
        }
    }

    private final String id;
    private final String room;
    private final boolean isPromised;
    private final List<CpuidBits> promisedBits;
    private final ReentrantReadWriteLock hostCalls = new ReentrantReadWriteLock();

    /** Threads of host-side code that are in the tenant. */
    private final Set<Thread> insiders = ConcurrentHashMap.newKeySet();

    private final AtomicInteger waitingVps = new AtomicInteger();
    private final AtomicLong timeouts = new AtomicLong();
    private final AtomicLong timeoutsOfVacancy = new AtomicLong();

    private volatile Tenant tenant;

    /** The parts of {@link #tenant}, or those of {@link #missed}, for the way of an exit. */
    private volatile VpAttachment[] parts = NOBODY;

    private volatile Kept kept;

    /** What a tenant would have been told while there was none, until it is told. */
    private volatile Missed missed = new Missed(0);

    /** Who was in the vacant place, and may come back into it; null if nobody was, or has been withdrawn. */
    private Catalogue.Entry displaced;

    /** Describes the tenant, or the last one if the place is vacant. */
    private volatile Descriptor descriptor;

    private volatile String origin;
    private volatile Instant since = Instant.now();

    /**
     * A place with somebody in it.
     *
     * @param promisedBits the CPUID bits that the guest was promised of it; empty if it was not
     */
    Place(Tenant first, boolean isPromised, List<CpuidBits> promisedBits) {
        this.id = first.entry().id();
        this.room = first.entry().enlightenment().getClass().getPackageName() + ".";
        this.isPromised = isPromised;
        this.promisedBits = List.copyOf(promisedBits);
        settle(first);
    }

    @Override
    public String id() {
        return id;
    }

    /** The package that the code of the enlightenment is in, with a dot behind it. */
    public String room() {
        return room;
    }

    boolean isPromised() {
        return isPromised;
    }

    List<CpuidBits> promisedBits() {
        return promisedBits;
    }

    public Descriptor descriptor() {
        return descriptor;
    }

    /** Bundle and version that is in place, or was last. */
    String origin() {
        return origin;
    }

    /** Who is in it; null if nobody is. */
    public Tenant tenant() {
        return tenant;
    }

    public boolean isVacant() {
        return tenant == null && kept != null;
    }

    boolean isRemoved() {
        return tenant == null && kept == null;
    }

    /** Who has left the place and may be deployed still; null if nobody. */
    Catalogue.Entry displaced() {
        return displaced;
    }

    /** The one who has left is not preferred any more. */
    void forgetDisplaced() {
        displaced = null;
    }

    /** What is kept for a successor; null if somebody is in place or nothing is kept. */
    Kept kept() {
        return kept;
    }

    @Override
    public VpAttachment vp(int index) {
        VpAttachment[] all = parts;
        return index < all.length ? all[index] : VpAttachment.NOTHING;
    }

    /** Takes note of the parts that who is in it has by now. */
    public void vpAdded() {
        if (tenant != null) {
            parts = tenant.parts().toArray(NOBODY);
        }
    }

    /** Puts {@code next} in place. */
    void settle(Tenant next) {
        tenant = next;
        parts = next.parts().toArray(NOBODY);
        descriptor = next.descriptor();
        origin = next.entry().origin();
        kept = null;
        displaced = null;
        since = Instant.now();
    }

    /** Nobody is in place any more; {@code state} waits for a successor, or, with null, nobody is expected. */
    void leave(Kept state) {
        kept = state;
        missed = new Missed(state == null ? 0 : parts.length);
        parts = missed.parts();
        displaced = state == null ? null : tenant.entry();
        timeoutsOfVacancy.set(0);
        tenant = null;
        since = Instant.now();
    }

    /** Has who is in it reset; nothing if nobody is by now. */
    public void reset(Steps steps) throws CallException {
        Tenant now = tenant;
        if (now != null) {
            now.reset(steps);
        }
    }

    /** What a vacant place keeps is what a reset gives from now on. */
    public void resetKept() {
        if (isVacant()) {
            kept = new Kept(kept.fresh(), kept.fresh(), kept.handedOver());
            missed.forget();
        }
    }

    /** What was missed; for the vacant place it goes on. */
    Missed missed() {
        return missed;
    }

    /** What was missed, which is told now. */
    Missed takeMissed() {
        Missed taken = missed;
        missed = new Missed(0);
        return taken;
    }

    /** Who is in it has missed {@code what} before the guest was saved. */
    void hasMissed(Missed what) {
        missed = what;
    }

    /** Host-side code goes into the tenant, which does not leave before {@link #comeOut}. */
    void goIn() {
        hostCalls.readLock().lock();
        try {
            insiders.add(Thread.currentThread());
        } catch (Throwable e) {
            hostCalls.readLock().unlock();
            throw e;
        }
    }

    /** Host-side code has come out again. */
    void comeOut() {
        insiders.remove(Thread.currentThread());
        hostCalls.readLock().unlock();
    }

    /**
     * Does {@code work} while no host-side code is in the tenant. VPs must be at a safe point, since host-side code may
     * be called by one.
     *
     * @throws SwapException if host-side code does not come out in time, or from {@code work}
     */
    void exclusively(long limitNanos, SafePoint.Work work) throws SwapException {
        boolean isHeld = false;
        try {
            isHeld = hostCalls.writeLock().tryLock(limitNanos, TimeUnit.NANOSECONDS);
            if (!isHeld) {
                for (Thread insider : insiders) {
                    throw SwapException.inside(id, insider);
                }
                throw new SwapException("host-side code does not come out of " + id + " in time");
            }
            work.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SwapException("interrupted while host-side code was in " + id, e);
        } finally {
            if (isHeld) {
                hostCalls.writeLock().unlock();
            }
        }
    }

    AtomicInteger waitingVps() {
        return waitingVps;
    }

    /** Somebody has waited in vain; whether that is worth a word: the first of a vacancy, the tenth and so on. */
    boolean hasTimedOut() {
        timeouts.incrementAndGet();
        return Failures.isPowerOfTen(timeoutsOfVacancy.incrementAndGet());
    }

    /** For tools. */
    PlaceDTO inspect(Failures failures) {
        Kept waiting = kept;
        PlaceDTO.State state = tenant != null
                ? PlaceDTO.State.IN_PLACE
                : waiting != null ? PlaceDTO.State.VACANT : PlaceDTO.State.REMOVED;
        return new PlaceDTO(
                id,
                state,
                origin,
                isPromised,
                since,
                waiting == null ? 0 : waiting.bytes(),
                waitingVps.get(),
                timeouts.get(),
                failures.count(id),
                failures.last(id));
    }
}
