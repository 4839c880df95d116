package hv.api.synic;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Wants to know when a guest is done with a message. A VP part that implements this is found and told by the VP's
 * interrupt controller; it need not introduce itself. Called on the VP's thread.
 */
@ConsumerType
@FunctionalInterface
public interface SintListener {
    /**
     * The guest has acknowledged SINTs, by EOM or by EOI: what waits for their slots may be tried again.
     *
     * @param sints bit n stands for SINTn
     */
    void acknowledged(int sints);
}
