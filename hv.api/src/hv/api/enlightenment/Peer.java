package hv.api.enlightenment;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Another enlightenment's part of the same VP, through an interface of this API. Stays valid while the other is
 * swapped: each {@link #get} gives the part that is in place at that moment.
 *
 * <p>One that is required is always present: whoever requires it leaves before it does, and comes back after it. Any
 * other may be away for a while; {@link VpAttachment#returned} says when it is back.
 *
 * @param <T> the interface
 */
@ProviderType
public interface Peer<T> {
    /** Whether the other enlightenment is attached and implements the interface. */
    boolean isPresent();

    /**
     * The part in place now. On the VP's thread; do not keep it beyond the current call.
     *
     * @throws IllegalStateException if {@link #isPresent} is false
     */
    T get();

    /**
     * Tells that a call of {@link #get} has thrown, so that it is logged and counted as a failure of the other
     * enlightenment: for callers that can go on without. Never throws.
     */
    void failed(Throwable failure);
}
