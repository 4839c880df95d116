package hv.launcher.run;

import hv.api.host.ConfigurationException;
import java.io.IOException;

/** A guest on one back end. Made for one run; {@link #stop} is called from any thread, the rest by the thread that runs it. */
interface Job {
    /**
     * Runs the guest to its end.
     *
     * @param entered called when the first VP is about to enter the guest
     * @return exit status: 0 if the guest reported success
     * @throws ConfigurationException if the flags cannot start; nothing has run
     * @throws IllegalArgumentException if the input cannot be used; one line says why; nothing has run
     * @throws IOException if something it needs cannot be read
     */
    int run(Runnable entered) throws ConfigurationException, IOException;

    /** Ends it soon. Idempotent; also before it runs. */
    void stop();
}
