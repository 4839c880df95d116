/**
 * The words that everybody shares: guest memory, faults, statuses, flags, saved state, CPUID tables, what a host
 * promises. Knows neither side: {@code hv.api.enlightenment} is what an enlightenment implements and is given,
 * {@code hv.api.host} what a VMM does. Both stand on this package and neither on the other; between enlightenments, and
 * between them and devices, are {@code hv.api.synic} and {@code hv.api.nested}; {@code hv.api.machine} is the machine
 * around processors, {@code hv.api.dto} snapshots for tools.
 *
 * <p>No method of this API takes or returns {@code null} unless it says so. Numbers carry their unit in their name;
 * guest values are unsigned 64-bit quantities in a {@code long}. "TLFS" is Microsoft's Hypervisor Top Level Functional
 * Specification as its published documentation stood in August 2026 (the successor of version 6.0b), cited as "chapter:
 * section"; where KVM (with {@code hv-enforce-cpuid}) answers otherwise, KVM is the reference and the difference is
 * named.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("2.0.0")
package hv.api;
