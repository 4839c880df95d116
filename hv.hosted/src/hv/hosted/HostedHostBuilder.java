package hv.hosted;

import hv.api.Vendor;

/** Collects what a host is to be; not thread-safe. */
public final class HostedHostBuilder {
    Vendor vendor = Vendor.INTEL;
    boolean smtPossible = true;
    long tscFrequencyHz = 2_600_000_000L;
    long apicFrequencyHz = 1_000_000_000L;
    long memoryBytes = 16 << 20;
    boolean isRunning;

    HostedHostBuilder() {}

    /** Maker of the CPU that the guest sees. */
    public HostedHostBuilder vendor(Vendor maker) {
        vendor = maker;
        return this;
    }

    /** Whether two virtual processors could share a core. */
    public HostedHostBuilder smtPossible(boolean isPossible) {
        smtPossible = isPossible;
        return this;
    }

    /** Frequency of the guest's TSC, in Hz, more than 10 MHz. */
    public HostedHostBuilder tscFrequencyHz(long hz) {
        tscFrequencyHz = hz;
        return this;
    }

    /** Frequency of the guest's APIC timer, in Hz. */
    public HostedHostBuilder apicFrequencyHz(long hz) {
        apicFrequencyHz = hz;
        return this;
    }

    /** RAM from address 0: a positive multiple of 4096, less than 2 GiB. */
    public HostedHostBuilder memoryBytes(long bytes) {
        memoryBytes = bytes;
        return this;
    }

    /** Lets the TSC run with the host's time instead of standing still. */
    public HostedHostBuilder runningClock() {
        isRunning = true;
        return this;
    }

    /**
     * The host.
     *
     * @throws IllegalArgumentException if a number is out of range
     */
    public HostedHost build() {
        return new HostedHost(this);
    }
}
