package hv.api.enlightenment;

import hv.api.LocalApic;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** A virtual processor as an enlightenment sees it. Given by the partition. */
@ProviderType
public interface VirtualProcessor {
    /**
     * The VP index: 0, 1, 2 ... in the order VPs were added (TLFS "Virtual Processors: Virtual Processor Index"). Any
     * thread.
     */
    int index();

    /** The partition it belongs to. Any thread. */
    Partition partition();

    /**
     * A doorbell whose ring makes this VP run {@code work} on its own thread before it next enters the guest. An
     * enlightenment may have 16 doorbells, alarms and lists of peers per VP; make them in {@link Attachment#addVp}, of
     * the VP given there.
     *
     * @throws IllegalStateException if it has as many already, or was released
     */
    Doorbell doorbell(Runnable work);

    /**
     * Requests a fixed, edge-triggered interrupt. Wakes the VP if it is halted. Any thread.
     *
     * @param vector 16 to 255; smaller values are ignored, as an APIC does
     */
    void interrupt(int vector);

    /**
     * As {@link #interrupt}, for a SINT with AutoEOI: no EOI is owed when the guest takes it, and a vector that is in
     * service does not hold it back (TLFS "Virtual Interrupt Controller: SINTx": AutoEOI).
     */
    void interruptAutoEoi(int vector);

    /**
     * An alarm whose due time makes this VP run {@code work} on its own thread. Takes one of the doorbells. Make it in
     * {@link Attachment#addVp}.
     */
    Alarm alarm(Runnable work);

    /**
     * The part of enlightenment {@code id} on this VP, through the interface {@code type} that it implements. May be
     * asked for before the other is attached.
     */
    <T> Peer<T> peer(String id, Class<T> type);

    /** The parts of all enlightenments on this VP that implement {@code type}. Make it in {@link Attachment#addVp}. */
    <T> Peers<T> peers(Class<T> type);

    /**
     * Processor time this VP has used, in units of 100 ns, from any origin; never goes back. On the VP's thread, or on
     * another one while the VP is not running (saving, restoring, being added).
     */
    long runTime100ns();

    /** Its local APIC, if the host lets us at it; always the same one. On the VP's thread. */
    Optional<LocalApic> apic();
}
