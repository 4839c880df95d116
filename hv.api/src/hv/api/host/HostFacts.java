package hv.api.host;

import java.util.Objects;

/**
 * What a host is, as far as flags depend on it.
 *
 * @param vendor maker of the CPU that the guest sees
 * @param smtPossible whether two virtual processors could ever share a physical core without being told: true when the host
 *     has simultaneous multithreading, or when it is not known
 * @param tscFrequencyHz frequency of the guest's time stamp counter
 * @param apicFrequencyHz frequency of the guest's local APIC timer; KVM's is 1 GHz
 * @param apicAccess whether {@link Host#apic} gives the VPs' APICs, so that a guest can use them through MSRs
 * @param exitlessEoi whether {@link LocalApic#exitlessEoi} is known to work here, so that using them is worth recommending
 * @param anyTscFrequency whether a guest may be moved from here to a host with another TSC frequency than its own, without its frequency
 *     having been fixed before it was started: true of a VMM that keeps the frequency or tells the guest; QEMU refuses
 */
public record HostFacts(
        Vendor vendor,
        boolean smtPossible,
        long tscFrequencyHz,
        long apicFrequencyHz,
        boolean apicAccess,
        boolean exitlessEoi,
        boolean anyTscFrequency) {
    /** Checks that the frequencies can be used. */
    public HostFacts {
        Objects.requireNonNull(vendor, "vendor");
        if (tscFrequencyHz < 10_000_001 || apicFrequencyHz < 1) {
            throw new IllegalArgumentException(
                    "TSC frequency %d Hz must exceed 10 MHz, APIC frequency %d Hz must be positive"
                            .formatted(tscFrequencyHz, apicFrequencyHz));
        }
    }

    /** A host whose guests may be moved to one with another TSC frequency. */
    public HostFacts(
            Vendor vendor,
            boolean smtPossible,
            long tscFrequencyHz,
            long apicFrequencyHz,
            boolean apicAccess,
            boolean exitlessEoi) {
        this(vendor, smtPossible, tscFrequencyHz, apicFrequencyHz, apicAccess, exitlessEoi, true);
    }

    /** The same host for another maker's CPU. */
    public HostFacts of(Vendor other) {
        return new HostFacts(
                other, smtPossible, tscFrequencyHz, apicFrequencyHz, apicAccess, exitlessEoi, anyTscFrequency);
    }

    /** The same host with QEMU as its VMM, which moves a guest only with a TSC frequency that was fixed before it was started. */
    public HostFacts withQemu() {
        return new HostFacts(vendor, smtPossible, tscFrequencyHz, apicFrequencyHz, apicAccess, exitlessEoi, false);
    }

    /** A host that ends interrupts without exits if it gives the VPs' APICs at all. */
    public HostFacts(
            Vendor vendor, boolean smtPossible, long tscFrequencyHz, long apicFrequencyHz, boolean apicAccess) {
        this(vendor, smtPossible, tscFrequencyHz, apicFrequencyHz, apicAccess, apicAccess);
    }

    /** A host that gives the VPs' APICs, as KVM does with the APIC in the kernel. */
    public HostFacts(Vendor vendor, boolean smtPossible, long tscFrequencyHz, long apicFrequencyHz) {
        this(vendor, smtPossible, tscFrequencyHz, apicFrequencyHz, true);
    }
}
