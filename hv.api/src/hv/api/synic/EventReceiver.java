package hv.api.synic;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Host-side end of an event connection: gets what guests signal (HvCallSignalEvent). Called on the signalling VP's
 * thread; must not block.
 */
@ConsumerType
@FunctionalInterface
public interface EventReceiver {
    /** The guest has signalled {@code connectionId}. Returns the status the guest gets. */
    int signalled(int connectionId);
}
