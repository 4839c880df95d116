package hv.partition.news;

import hv.api.host.GuestPartition;
import hv.api.host.PartitionListener;
import hv.partition.failure.Callback;
import hv.partition.failure.Failures;

/**
 * One thing to be told.
 *
 * @param <T> what it is about
 * @param telling the method that is called
 * @param partition where it has happened
 * @param subject what it is about
 * @param callback what the method is called for
 * @param failures where it is counted if that fails
 */
record Notice<T>(Telling<T> telling, GuestPartition partition, T subject, Callback callback, Failures failures) {
    /**
     * A method of a listener.
     *
     * @param <T> what it is about
     */
    @FunctionalInterface
    interface Telling<T> {
        /** Calls it. */
        void tell(PartitionListener listener, GuestPartition partition, T subject);
    }

    void tell(PartitionListener listener) {
        telling.tell(listener, partition, subject);
    }

    /** Whether a guest can make as many of these as it likes. */
    boolean isOfGuest() {
        return callback == Callback.POWER;
    }
}
