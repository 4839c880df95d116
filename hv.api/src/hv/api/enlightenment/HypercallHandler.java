package hv.api.enlightenment;

import hv.api.HvStatus;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Carries out one virtual processor's calls with one call code.
 *
 * <p>Implemented by enlightenments, called by the partition on that VP's thread only, after the control word, the
 * privilege and the declared shape have been checked. Must not allocate and must not block on other VPs without bound.
 */
@ConsumerType
@FunctionalInterface
public interface HypercallHandler {
    /**
     * Carries out the call.
     *
     * @return a status of {@link HvStatus}; a list call that returns {@code SUCCESS} has completed all repetitions
     */
    int call(HypercallInput input);
}
