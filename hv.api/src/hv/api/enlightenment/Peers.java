package hv.api.enlightenment;

import org.osgi.annotation.versioning.ProviderType;

/**
 * All parts of the same VP that implement an interface of this API, whoever they belong to: for telling those who want
 * to know. Always what is in place at that moment; for a place that is vacant the partition stands in, and its
 * successor is told. Used on the VP's thread; asking allocates nothing.
 *
 * @param <T> the interface
 */
@ProviderType
public interface Peers<T> {
    /** How many there are. */
    int count();

    /** One of them; do not keep it beyond the current call. */
    T get(int position);

    /**
     * Tells that a call of {@code get(position)} has thrown, so that it is logged and counted as a failure of the
     * enlightenment whose part that is. Who tells many catches whatever one throws, says so here and goes on with the
     * next. Never throws.
     */
    void failed(int position, Throwable failure);
}
