/**
 * What an enlightenment sees: its descriptor, the partition it is attached to, the calls a guest makes.
 *
 * <p>Written for two readers. Who implements an enlightenment starts at {@link hv.api.Enlightenment}; who
 * embeds the runtime in a VMM starts at {@link hv.api.host.Hypervisor} and needs this package only for
 * {@link hv.api.GuestMemory} and {@link hv.api.GuestFault}.
 *
 * <p>No method of this API takes or returns {@code null} unless it says so. Numbers carry their unit in their name;
 * guest values are unsigned 64-bit quantities in a {@code long}. "TLFS" is Microsoft's Hypervisor Top Level
 * Functional Specification as its published documentation stood in August 2026 (the successor of version 6.0b), cited as "chapter:
 * section"; where KVM (with {@code hv-enforce-cpuid}) answers otherwise, KVM is the reference and the difference is named.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("2.0.0")
package hv.api;
