package hv.api.enlightenment;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * What an {@link Attachment} implements to be told of changes of the guest's time stamp counter and of the
 * {@link ReferenceClock} that is made from it. Called by the partition.
 */
@ConsumerType
public interface ClockListener {
    /**
     * The TSC's frequency is about to change: does the guest want the old one until it is ready (TLFS "Timers:
     * Reenlightenment")? Called while every VP is stopped.
     */
    default boolean wantsTscEmulation() {
        return false;
    }

    /**
     * The TSC's frequency has changed. Called while every VP is stopped.
     *
     * @param isEmulated whether the guest is kept at the old one, until somebody calls
     *     {@link Partition#endTscEmulation}
     */
    default void tscFrequencyChanged(boolean isEmulated) {}

    /**
     * {@link ReferenceClock#scale} and {@link ReferenceClock#offset100ns} have changed. The time has not jumped. VPs
     * may be running.
     */
    default void clockChanged() {}
}
