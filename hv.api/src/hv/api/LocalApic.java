package hv.api;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * A VP's local APIC, for the APIC access MSRs (TLFS "Virtual Interrupt Controller"). Implemented by hosts that can;
 * called on the VP's thread.
 */
@ConsumerType
public interface LocalApic {
    /** Ends the highest interrupt in service. */
    void eoi();

    /** The interrupt command register: destination in bits 63:32 (x2APIC) or 63:56 (xAPIC), command below. */
    long icr();

    /** Writes the interrupt command register, which sends the interrupt. */
    void icr(long value);

    /** The task priority, 0 to 255. */
    int tpr();

    /** Sets the task priority, 0 to 255. */
    void tpr(int value);

    /**
     * Switches exit-less EOI on or off: with it the host sets bit 0 of the 32-bit word at {@code gpa} when the next EOI
     * may be skipped, and takes the guest's clearing of that bit for the EOI (TLFS "Virtual Processors: Virtual
     * Processor Assist Page": no-EOI-required).
     *
     * @param gpa a multiple of 4 in RAM, or 0 to switch it off
     * @return whether the host does it; if not, nothing has changed and the bit stays clear
     */
    boolean exitlessEoi(long gpa);
}
