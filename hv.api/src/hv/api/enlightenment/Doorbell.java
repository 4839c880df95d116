package hv.api.enlightenment;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Makes a VP do a fixed piece of work on its own thread. Rings between two runs of the work count as one, so a doorbell
 * holds no queue and allocates nothing. Obtained from {@link VirtualProcessor#doorbell}.
 */
@ProviderType
public interface Doorbell {
    /** Has the work run soon on the VP's thread; a VP that is in the guest is made to leave it. Any thread. */
    void ring();
}
