package hv.api;

import org.osgi.annotation.versioning.ProviderType;

/** A virtual processor as an enlightenment sees it. Given by the partition. */
@ProviderType
public interface VirtualProcessor {
    /** The VP index: 0, 1, 2 ... in the order VPs were added (TLFS "Virtual Processor Index"). Any thread. */
    int index();

    /** The partition it belongs to. Any thread. */
    Partition partition();

    /**
     * A doorbell whose ring makes this VP run {@code work} on its own thread before it next enters the guest. At most 63 per VP;
     * make them in {@link Attachment#addVp}.
     */
    Doorbell doorbell(Runnable work);

    /**
     * Requests a fixed, edge-triggered interrupt. Wakes the VP if it is halted. Any thread.
     *
     * @param vector 16 to 255; smaller values are ignored, as an APIC does
     */
    void interrupt(int vector);
}
