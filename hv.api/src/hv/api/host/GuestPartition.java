package hv.api.host;

import hv.api.CpuidTable;
import hv.api.SavedState;
import hv.api.StateException;
import hv.api.dto.PartitionDTO;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A partition as the VMM sees it. Made by {@link Hypervisor#create}.
 *
 * <p>Order of life: create, {@link #addVp} for every VP, run (each VP on its own thread), {@link #close}. Methods that
 * touch state ({@link #save}, {@link #restore}, {@link #reset}, {@link #tscFrequencyChanged}) need every VP out of the
 * guest and out of {@link GuestVp}'s methods.
 */
@ProviderType
public interface GuestPartition extends AutoCloseable {
    /** Number that tells partitions of this JVM apart, from 1. Any thread. */
    int id();

    /** The leaves to give to the CPU. Any thread. */
    CpuidTable cpuid();

    /**
     * Adds the next VP; its index is the number of VPs before it. Give the virtual CPU the APIC id of the same number.
     * If an enlightenment fails, the VP is not there, and this may be tried again.
     *
     * @throws IllegalStateException if the partition is closed, has as many VPs as it may have (4,096), or an
     *     enlightenment fails
     */
    GuestVp addVp();

    /** How many VPs there are. Any thread. */
    int vpCount();

    /** The VP with index {@code index}, 0 to {@link #vpCount} - 1. Any thread. */
    GuestVp vp(int index);

    /**
     * The guest's reference time now, in units of 100 ns: what HV_X64_MSR_TIME_REF_COUNT would read (TLFS "Timers:
     * Partition Reference Time"). Any thread.
     */
    long referenceTime100ns();

    /**
     * Everything a guest could set, of all enlightenments.
     *
     * @throws IllegalStateException if one does not give its state; the guest may go on
     */
    SavedState save();

    /**
     * Takes what {@link #save} gave, here or in another JVM. All or nothing: a bad state changes nothing.
     *
     * @throws StateException with one line that says which section is bad, and why
     */
    void restore(SavedState state) throws StateException;

    /**
     * Brings every enlightenment back to its fresh state; the VMM resets CPUs and devices itself. Reference time goes
     * on. Without hv-enforce-cpuid, what was deployed meanwhile is attached now.
     */
    void reset();

    /**
     * Tells that the processor's TSC, as this guest is given it, runs at another frequency from now on; its value goes
     * on. A {@link #restore} finds out for itself that the guest comes from a host with another one. The guest is told
     * and, where it asked for that and {@link Host#emulateTsc} can do it, kept at the old frequency until it is ready
     * (TLFS "Timers: Reenlightenment"). Reference time does not jump.
     *
     * @param frequencyHz 10,000,001 to 10^12
     * @throws IllegalArgumentException if it is out of range
     */
    void tscFrequencyChanged(long frequencyHz);

    /** Adds a listener for this partition. Any thread. */
    void addListener(PartitionListener listener);

    /**
     * What enlightenment {@code id} offers to host-side code, through the interface {@code type} of this API, as
     * {@code service("synic", SynicPorts.class)}. Empty if it is not attached; one whose place is vacant is. Any
     * thread.
     *
     * <p>What is given can be kept: each call reaches the version that is in place then, and waits while one takes over
     * from another. While the place is vacant, calls wait for a successor as VPs do ({@link Places#deadline}) and then
     * fail with {@link IllegalStateException}. Objects that its methods return belong to one version: do not keep
     * those.
     */
    <T> Optional<T> service(String id, Class<T> type);

    /** The places of its enlightenments: who is in them, and changing that while the guest runs. Any thread. */
    Places places();

    /** What it looks like now: routes, counters, VPs. Any thread. */
    PartitionDTO inspect();

    /**
     * Tells that the VMM is about to stop the VPs for good: who waits for the successor of a vacant place, VPs and
     * host-side callers, goes on at once as after {@link Places#deadline}, and nobody waits from now on. Any thread;
     * does not wait itself.
     */
    void stopping();

    /** Ends it. Idempotent; the VPs must not be used any more. */
    @Override
    void close();
}
