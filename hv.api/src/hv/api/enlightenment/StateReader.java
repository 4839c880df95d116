package hv.api.enlightenment;

import hv.api.StateException;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Gives back what a {@link StateWriter} took, perhaps written by another version of the enlightenment, perhaps damaged.
 * Given by the partition; used during one restore call only.
 */
@ProviderType
public interface StateReader {
    /** The descriptor's state version when it was written. */
    int version();

    /**
     * The value named {@code name}.
     *
     * @throws StateException if nothing was saved by this name
     */
    long get(String name) throws StateException;

    /** The value named {@code name}, or {@code fallback}: for values that older versions did not write. */
    long get(String name, long fallback);

    /**
     * The bytes named {@code name}, a copy.
     *
     * @throws StateException if there are none
     */
    byte[] bytes(String name) throws StateException;
}
