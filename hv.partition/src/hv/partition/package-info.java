/**
 * The partition service: {@link hv.partition.PartitionService} for embedders who wire by hand, and what OSGi and {@link
 * java.util.ServiceLoader} make of it, so that everyone else gets it as {@link hv.api.host.Hypervisor}.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.1.0")
package hv.partition;
