/**
 * What a VMM sees: implement {@link hv.api.host.Host}, ask {@link hv.api.host.Hypervisor} for a partition, and hand it
 * the guest's MSR accesses, CPUID leaves and hypercalls.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("2.1.0")
package hv.api.host;
