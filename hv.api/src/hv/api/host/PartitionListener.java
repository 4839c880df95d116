package hv.api.host;

import hv.api.PowerEvent;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Is told what happens to partitions. Register it as an OSGi service, or with {@link GuestPartition#addListener}.
 * Called on the thread where it happens, often a VP's: return soon. What it throws is logged and ignored.
 */
@ConsumerType
public interface PartitionListener {
    /** The guest asked for something only the VMM can do. */
    default void power(GuestPartition partition, PowerEvent event) {}
}
