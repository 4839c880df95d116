package hv.api.host;

import hv.api.GuestMemory;
import hv.api.SavedState;
import hv.api.StateException;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A whole machine that runs a partition: its CPUs, its devices and its RAM, as far as saving, restoring and resetting
 * need them.
 *
 * <p>Implemented by VMMs that let others stop and move their guests, and registered as an OSGi service while the
 * machine runs; the console and the snapshot bundle call it. Every method may be called from any thread but a VP's; the
 * machine lets one call wait for the other. Whoever saves or restores it holds its monitor ({@code synchronized}) from
 * {@link #pause} to {@link #resume}: two would end each other's pause. Implementations hold it in no call that ends the
 * guest.
 */
@ConsumerType
public interface GuestMachine {
    /** The partition that the machine runs. */
    GuestPartition partition();

    /** What is left of {@link Host} for others: the guest's RAM, from address 0. */
    GuestMemory memory();

    /** How much RAM there is, in bytes, a multiple of 4096. */
    long memoryBytes();

    /** Takes every VP out of the guest and keeps it out until {@link #resume}; returns when all are out. Idempotent. */
    void pause();

    /** Ends {@link #pause}. Idempotent. */
    void resume();

    /** Resets the machine: CPUs, devices, RAM and partition as after power-on; the guest boots anew. */
    void reset();

    /**
     * The machine's own state, without RAM and without what {@link GuestPartition#save} holds: processors, interrupt
     * controllers, the guest's TSC, devices. Only while paused. Section ids begin with the part of the machine, as
     * {@code cpu}, {@code apic}, {@code uart}; the VP of a section is the VP's index, or {@link SavedState#PARTITION}.
     */
    SavedState save();

    /**
     * Takes what {@link #save} gave, here or in another JVM. Only while paused. All or nothing: a bad state changes
     * nothing. The guest's TSC goes on from the saved value, the same on every VP; where the host cannot set what RDTSC
     * reads, as a KVM without hardware, with the host's, and a saved value ahead of that is a bad state.
     *
     * @throws StateException with one line that says which section is bad, and why
     */
    void restore(SavedState state) throws StateException;
}
