package hv.api.enlightenment;

import hv.api.GuestFault;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Answers one virtual processor's accesses to the MSRs of an enlightenment.
 *
 * <p>Implemented by enlightenments, called by the partition on that VP's thread only. An access that the descriptor's
 * {@link MsrRange#access} or privilege forbids never arrives here. Must not allocate on reads and must not block.
 */
@ConsumerType
@FunctionalInterface
public interface MsrHandler {
    /**
     * The value of {@code msr}.
     *
     * @throws GuestFault to inject #GP instead
     */
    long read(int msr) throws GuestFault;

    /**
     * Stores {@code value}, or acts on it. On a fault nothing has changed. The default is for read-only MSRs: #GP.
     *
     * @throws GuestFault to inject #GP instead
     */
    default void write(int msr, long value) throws GuestFault {
        throw GuestFault.GENERAL_PROTECTION;
    }
}
