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
 */
public record HostFacts(
        Vendor vendor,
        boolean smtPossible,
        long tscFrequencyHz,
        long apicFrequencyHz,
        boolean apicAccess,
        boolean exitlessEoi) {
    /** Checks that the frequencies can be used. */
    public HostFacts {
        Objects.requireNonNull(vendor, "vendor");
        if (tscFrequencyHz < 10_000_001 || apicFrequencyHz < 1) {
            throw new IllegalArgumentException(
                    "TSC frequency %d Hz must exceed 10 MHz, APIC frequency %d Hz must be positive"
                            .formatted(tscFrequencyHz, apicFrequencyHz));
        }
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
