package hv.api.host;

import hv.api.GuestMemory;
import hv.api.HostFacts;
import hv.api.LocalApic;
import hv.api.PowerEvent;
import hv.api.VpSet;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What a partition needs of the VMM that runs it: all an embedder has to implement.
 *
 * <p>Methods are called from any thread unless they say otherwise, must not block, and must work from the moment the
 * partition is created until it is closed.
 */
@ConsumerType
public interface Host {
    /** One or two words for people, as {@code kvm}. */
    String name();

    /** The facts that flags depend on; always the same, also when the TSC gets another frequency later. */
    HostFacts facts();

    /** The guest's RAM; always the same object. */
    GuestMemory memory();

    /** The guest's time stamp counter now: the same value on every VP, and the one its RDTSC reads. */
    long guestTsc();

    /**
     * The code that a guest finds at the start of its hypercall page: it must make the VP exit to the VMM, which then
     * calls {@link GuestVp#hypercall}, and return to the caller. 1 to 4096 bytes; always the same.
     */
    byte[] hypercallPage();

    /**
     * Makes VP {@code vp} leave the guest, if it is in it, and call {@link GuestVp#drain}. Without effect on a VP that
     * is about to do so anyway.
     */
    void kick(int vp);

    /**
     * Requests a fixed, edge-triggered interrupt; a halted VP wakes up.
     *
     * @param vp VP index
     * @param vector 16 to 255
     */
    void interrupt(int vp, int vector);

    /** VP {@code vp}, on whose thread this is called, spins for a lock: let another one run. */
    default void spinning(int vp) {
        Thread.yield();
    }

    /** The guest asked for something only the VMM can do. Called on the VP's thread; act on it later, not here. */
    void power(PowerEvent event);

    /**
     * Requests an interrupt for which the guest owes no EOI; otherwise as {@link #interrupt}. Who implements it says so
     * by {@link HostFacts#autoEoi}; without it a guest is told not to use such interrupts, and owes an EOI for those it
     * asks for all the same.
     */
    default void interruptAutoEoi(int vp, int vector) {
        interrupt(vp, vector);
    }

    /**
     * Flushes the TLBs of {@code targets} and returns when no VP among them will use an older translation. Who
     * implements it says so by {@link HostFacts#tlbFlush}; without it hv-tlbflush is not recommended to a guest.
     *
     * @param caller the VP on whose thread this is called
     * @return false if this host cannot
     */
    default boolean flushTlb(int caller, VpSet targets) {
        return false;
    }

    /**
     * Processor time VP {@code vp} has used, in units of 100 ns, from any origin; never goes back. Called on its
     * thread, or on another one while the VP is not running. Who implements it says so by {@link HostFacts#vpRunTime};
     * without it all time counts.
     */
    default long vpRunTime100ns(int vp) {
        return System.nanoTime() / 100;
    }

    /**
     * Has the guest's TSC, RDTSC and {@link #guestTsc} alike, run at {@code frequencyHz} instead of the processor's own
     * frequency; its value goes on. Asked for while every VP is stopped; ended, with 0, on a VP's thread.
     *
     * @param frequencyHz 10,000,001 to 10^12, or 0 for the processor's own
     * @return false if this host cannot; nothing has changed then
     */
    default boolean emulateTsc(long frequencyHz) {
        return false;
    }

    /**
     * The local APIC of VP {@code vp}, if enlightenments may use it; always the same one. Called on its thread, and
     * when the VP is added. Who implements it says so by {@link HostFacts#apicAccess}; without it the APIC's MSRs are
     * not recommended to a guest.
     */
    default Optional<LocalApic> apic(int vp) {
        return Optional.empty();
    }
}
