package hv.api.host;

import hv.api.SavedState;
import hv.api.StateException;
import hv.api.dto.EnlightenmentDTO;
import hv.api.dto.PartitionDTO;
import hv.api.dto.SlotDTO;
import hv.api.dto.SwapDTO;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A partition as the VMM sees it. Made by {@link Hypervisor#create}.
 *
 * <p>Order of life: create, {@link #addVp} for every VP, run (each VP on its own thread), {@link #close}. Methods that touch
 * state ({@link #save}, {@link #restore}, {@link #reset}, {@link #tscFrequencyChanged}) need every VP out of the guest and out of {@link GuestVp}'s methods.
 */
@ProviderType
public interface GuestPartition extends AutoCloseable {
    /** Number that tells partitions of this JVM apart, from 1. Any thread. */
    int id();

    /** The leaves to give to the CPU. Any thread. */
    CpuidTable cpuid();

    /**
     * Adds the next VP; its index is the number of VPs before it. Give the virtual CPU the APIC id of the same number.
     *
     * @throws IllegalStateException if the partition is closed or has as many VPs as it may have (4,096)
     */
    GuestVp addVp();

    /** How many VPs there are. Any thread. */
    int vpCount();

    /** The VP with index {@code index}, 0 to {@link #vpCount} - 1. Any thread. */
    GuestVp vp(int index);

    /** Everything a guest could set, of all enlightenments. */
    SavedState save();

    /**
     * Takes what {@link #save} gave, here or in another JVM. All or nothing: a bad state changes nothing.
     *
     * @throws StateException with one line that says which section is bad, and why
     */
    void restore(SavedState state) throws StateException;

    /** Brings every enlightenment back to its fresh state; the VMM resets CPUs and devices itself. Reference time goes on. Without
     * hv-enforce-cpuid, what was deployed meanwhile is attached now. */
    void reset();

    /**
     * Tells that the processor's TSC, as this guest is given it, runs at another frequency from now on; its value goes on. A
     * {@link #restore} finds out for itself that the guest comes from a host with another one. The guest is told and, where it asked for
     * that and {@link Host#emulateTsc} can do it, kept at the old frequency until it is ready (TLFS "Reenlightenment"). Reference
     * time does not jump.
     *
     * @param frequencyHz 10,000,001 to 10^12
     * @throws IllegalArgumentException if it is out of range
     */
    void tscFrequencyChanged(long frequencyHz);

    /** Adds a listener for this partition. Any thread. */
    void addListener(PartitionListener listener);

    /**
     * What enlightenment {@code id} offers to host-side code, through the interface {@code type} of this API, as
     * {@code service("synic", SynicPorts.class)}. Empty if it is not attached. Any thread.
     *
     * <p>What is given can be kept: each call reaches the version that is in place then, and waits while one takes over from another.
     * While the place is vacant, calls wait for a successor as VPs do ({@link #vacancyDeadline}) and then fail with
     * {@link IllegalStateException}. Objects that its methods return belong to one version: do not keep those.
     */
    <T> Optional<T> service(String id, Class<T> type);

    /**
     * Has a version of enlightenment {@code id} take over from the one in place while the guest runs: make before break. Its surface
     * must contain the old one; VPs are brought to a safe point, out of the guest and out of {@link GuestVp}'s methods; state is handed
     * over; routes are published. Any failure keeps the old one, with nothing lost. VPs must be driven as {@link GuestVp} says. Any
     * thread but a VP's.
     *
     * @param id what to swap; a vacant place is filled
     * @param origin bundle name and version as {@link EnlightenmentDTO#bundle} gives it, or empty for the newest deployed version,
     *     which may be the one in place: then a new object of it takes over
     * @return what happened, also if that was a refusal
     */
    SwapDTO swap(String id, String origin);

    /** What {@link #swap} and coming and going bundles have done here, oldest first, the newest 1,024. Any thread. */
    List<SwapDTO> swaps();

    /** The places of the enlightenments and what is in them, by id. Any thread. */
    List<SlotDTO> slots();

    /**
     * What a guest would see if enlightenment {@code id} were taken out of it now, and what depends on it: one line each, for people. Empty
     * if it can go without the guest noticing. Any thread.
     */
    List<String> consequencesOfRemoving(String id);

    /**
     * Takes enlightenment {@code id} and what requires it out, whatever that does to the guest (see {@link #consequencesOfRemoving}). Its
     * state is dropped. Any thread but a VP's.
     *
     * @throws IllegalArgumentException if it is not attached
     */
    void remove(String id);

    /**
     * Puts an enlightenment that was promised to the guest and removed back in place, fresh.
     *
     * @throws IllegalArgumentException with the reason if it was not promised, is in place, or is not deployed
     */
    void add(String id);

    /**
     * How long VPs and host-side callers wait for a successor when they touch a vacant place; then they get #GP,
     * HV_STATUS_TIME_OUT or an exception. 5 s unless set. Any thread.
     */
    void vacancyDeadline(Duration deadline);

    /** What it looks like now: routes, counters, VPs. Any thread. */
    PartitionDTO inspect();

    /** Ends it. Idempotent; the VPs must not be used any more. */
    @Override
    void close();
}
