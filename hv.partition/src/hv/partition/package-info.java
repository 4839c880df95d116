/**
 * The partition service. One public class, {@link hv.partition.PartitionService}, for embedders who wire by hand;
 * everyone else gets it as {@link hv.api.host.Hypervisor} from OSGi or {@link java.util.ServiceLoader}.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package hv.partition;
