package hv.api.enlightenment;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Makes a VP do a fixed piece of work on its own thread at a reference time. Holds one due time; setting it again
 * replaces it. Obtained from {@link VirtualProcessor#alarm}; used on that VP's thread. All alarms of a partition share
 * one host thread, and setting one allocates nothing.
 */
@ProviderType
public interface Alarm {
    /**
     * Has the work run once reference time has reached {@code due100ns}: soon if it has already, never early.
     *
     * @param due100ns absolute reference time in units of 100 ns; taken as signed, so a time beyond 2^63 - 1 is given
     *     as {@link Long#MAX_VALUE}, which never comes
     */
    void set(long due100ns);

    /** Forgets the due time. The work may still run once if it was due already; it must look for itself what is due. */
    void cancel();
}
