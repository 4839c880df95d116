package hv.api;

import java.util.Objects;

/**
 * What a host is, as far as flags depend on it. A VMM builds one in {@code Host.facts}; the partition service and
 * enlightenments read it. Immutable; any thread.
 *
 * <p>The builder promises nothing: what a VMM can do beyond memory, a TSC, interrupts and kicks is said by a method of
 * the builder, next to the method of {@code Host} that does it. When a partition is built the two are compared, so that
 * a guest is never promised what ends in #GP or a refused call.
 */
public final class HostFacts {
    /** The lowest TSC frequency that a guest may have, in Hz: the scale of the reference TSC page has 64 bits. */
    public static final long LOWEST_TSC_HZ = 10_000_001;

    /** The highest TSC frequency that a guest may be given or moved with, in Hz. */
    public static final long HIGHEST_TSC_HZ = 1_000_000_000_000L;

    private final Vendor vendor;
    private final long tscFrequencyHz;
    private final long apicFrequencyHz;
    private final boolean smtPossible;
    private final boolean apicAccess;
    private final boolean exitlessEoi;
    private final boolean autoEoi;
    private final boolean tlbFlush;
    private final boolean vpRunTime;
    private final boolean anyTscFrequency;
    private final boolean apicVirtualization;

    private HostFacts(Builder builder) {
        vendor = builder.vendor;
        tscFrequencyHz = builder.tscFrequencyHz;
        apicFrequencyHz = builder.apicFrequencyHz;
        smtPossible = builder.smtPossible;
        apicAccess = builder.apicAccess;
        exitlessEoi = builder.exitlessEoi;
        autoEoi = builder.autoEoi;
        tlbFlush = builder.tlbFlush;
        vpRunTime = builder.vpRunTime;
        anyTscFrequency = builder.anyTscFrequency;
        apicVirtualization = builder.apicVirtualization;
    }

    /**
     * Starts the facts of a host that promises nothing.
     *
     * @param vendor maker of the CPU that the guest sees
     * @param tscFrequencyHz frequency of the guest's time stamp counter, in Hz, at least {@value #LOWEST_TSC_HZ}
     * @param apicFrequencyHz frequency of the guest's local APIC timer, in Hz, at least 1; KVM's is 1 GHz
     * @throws IllegalArgumentException if a frequency cannot be used
     */
    public static Builder builder(Vendor vendor, long tscFrequencyHz, long apicFrequencyHz) {
        return new Builder(vendor, tscFrequencyHz, apicFrequencyHz);
    }

    /** A builder that starts with these facts. */
    public Builder toBuilder() {
        return new Builder(vendor, tscFrequencyHz, apicFrequencyHz)
                .smtPossible(smtPossible)
                .apicAccess(apicAccess)
                .exitlessEoi(exitlessEoi)
                .autoEoi(autoEoi)
                .tlbFlush(tlbFlush)
                .vpRunTime(vpRunTime)
                .anyTscFrequency(anyTscFrequency)
                .apicVirtualization(apicVirtualization);
    }

    /** Maker of the CPU that the guest sees. */
    public Vendor vendor() {
        return vendor;
    }

    /** Frequency of the guest's time stamp counter, in Hz. */
    public long tscFrequencyHz() {
        return tscFrequencyHz;
    }

    /** Frequency of the guest's local APIC timer, in Hz. */
    public long apicFrequencyHz() {
        return apicFrequencyHz;
    }

    /**
     * Whether two virtual processors could ever share a physical core without being told: true where the host has
     * simultaneous multithreading, and where nobody has said that it has none.
     */
    public boolean smtPossible() {
        return smtPossible;
    }

    /** Whether {@code Host.apic} gives the VPs' APICs, so that a guest can use them through MSRs. */
    public boolean apicAccess() {
        return apicAccess;
    }

    /** Whether {@link LocalApic#exitlessEoi} is known to work, so that the APIC's MSRs are worth recommending. */
    public boolean exitlessEoi() {
        return exitlessEoi;
    }

    /** Whether {@code Host.interruptAutoEoi} requests interrupts for which a guest owes no EOI. */
    public boolean autoEoi() {
        return autoEoi;
    }

    /** Whether {@code Host.flushTlb} flushes. */
    public boolean tlbFlush() {
        return tlbFlush;
    }

    /** Whether {@code Host.vpRunTime100ns} counts the time for which a VP has really run. */
    public boolean vpRunTime() {
        return vpRunTime;
    }

    /**
     * Whether a guest may be moved from here to a host with another TSC frequency, without its frequency having been
     * fixed before it was started.
     */
    public boolean anyTscFrequency() {
        return anyTscFrequency;
    }

    /**
     * Whether the processor virtualizes the APIC (Intel's APICv, AMD's AVIC) and the VMM lets it: true also where
     * nobody has said that it does not.
     */
    public boolean apicVirtualization() {
        return apicVirtualization;
    }

    /** Collects what a host promises. Not thread-safe. */
    public static final class Builder {
        private final long tscFrequencyHz;
        private final long apicFrequencyHz;
        private Vendor vendor;
        private boolean smtPossible = true;
        private boolean apicVirtualization = true;
        private boolean apicAccess;
        private boolean exitlessEoi;
        private boolean autoEoi;
        private boolean tlbFlush;
        private boolean vpRunTime;
        private boolean anyTscFrequency;

        private Builder(Vendor vendor, long tscFrequencyHz, long apicFrequencyHz) {
            this.vendor = Objects.requireNonNull(vendor, "vendor");
            if (tscFrequencyHz < LOWEST_TSC_HZ || apicFrequencyHz < 1) {
                throw new IllegalArgumentException(
                        "TSC frequency %d Hz must exceed 10 MHz, APIC frequency %d Hz must be positive"
                                .formatted(tscFrequencyHz, apicFrequencyHz));
            }
            this.tscFrequencyHz = tscFrequencyHz;
            this.apicFrequencyHz = apicFrequencyHz;
        }

        /** Names another maker. */
        public Builder vendor(Vendor maker) {
            vendor = Objects.requireNonNull(maker, "maker");
            return this;
        }

        /** Says whether two virtual processors could share a core; unless it is known that they cannot, they could. */
        public Builder smtPossible(boolean isPossible) {
            smtPossible = isPossible;
            return this;
        }

        /** Says whether {@code Host.apic} gives the APIC of every VP. */
        public Builder apicAccess(boolean isGiven) {
            apicAccess = isGiven;
            return this;
        }

        /** Says whether {@link LocalApic#exitlessEoi} works on the APICs that {@code Host.apic} gives. */
        public Builder exitlessEoi(boolean works) {
            exitlessEoi = works;
            return this;
        }

        /** Says whether {@code Host.interruptAutoEoi} requests interrupts for which no EOI is owed. */
        public Builder autoEoi(boolean works) {
            autoEoi = works;
            return this;
        }

        /** Says whether {@code Host.flushTlb} flushes the TLBs of any set of VPs. */
        public Builder tlbFlush(boolean works) {
            tlbFlush = works;
            return this;
        }

        /** Says whether {@code Host.vpRunTime100ns} counts only time for which the VP ran. */
        public Builder vpRunTime(boolean isCounted) {
            vpRunTime = isCounted;
            return this;
        }

        /** Says whether a moved guest keeps its TSC frequency, or is told of the new one. */
        public Builder anyTscFrequency(boolean isTaken) {
            anyTscFrequency = isTaken;
            return this;
        }

        /** Says whether the processor virtualizes the APIC; unless it is known that it does not, it does. */
        public Builder apicVirtualization(boolean isUsed) {
            apicVirtualization = isUsed;
            return this;
        }

        /** Promises everything that {@code Host} has an optional method for. */
        public Builder everything() {
            return apicAccess(true)
                    .exitlessEoi(true)
                    .autoEoi(true)
                    .tlbFlush(true)
                    .vpRunTime(true)
                    .anyTscFrequency(true);
        }

        /**
         * The facts.
         *
         * @throws IllegalArgumentException if they contradict each other
         */
        public HostFacts build() {
            if (exitlessEoi && !apicAccess) {
                throw new IllegalArgumentException("exitlessEoi needs apicAccess, whose APICs it is about");
            }
            return new HostFacts(this);
        }
    }
}
