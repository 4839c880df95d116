package hv.launcher.run;

import hv.api.host.ConfigurationException;
import hv.api.host.GuestMachine;
import java.io.IOException;

/**
 * A guest on one back end. Made for one run; {@link #stop} is called from any thread, the rest by the thread that runs
 * it.
 */
interface Job {
    /**
     * Runs the guest to its end.
     *
     * @param attendant is told of the machine, and when the first VP is about to enter the guest
     * @return exit status: 0 if the guest reported success
     * @throws UnavailableException if the back end cannot be had after all; nothing has run, and another one may be
     *     tried
     * @throws ConfigurationException if the flags cannot start; nothing has run
     * @throws IllegalArgumentException if the input cannot be used; one line says why; nothing has run
     * @throws IOException if something it needs cannot be read
     */
    int run(Attendant attendant) throws UnavailableException, ConfigurationException, IOException;

    /** Whoever looks after a machine while it runs. Called by the thread that runs the job. */
    interface Attendant {
        /**
         * The machine is complete, and its guest has not run.
         *
         * @return closed when the guest has ended, before the machine is gone
         * @throws IllegalArgumentException if what shall be done with it cannot be done; one line says why
         */
        Attendance attend(GuestMachine machine);

        /** The first VP is about to enter the guest. */
        void entered();
    }

    /** Somebody looks after a machine. */
    interface Attendance extends AutoCloseable {
        @Override
        void close();
    }

    /** Ends it soon. Idempotent; also before it runs. */
    void stop();
}
