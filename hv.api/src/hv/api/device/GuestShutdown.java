package hv.api.device;

import java.util.concurrent.CompletableFuture;

/** Has a guest end in good order: what a shutdown device offers. Any thread. */
public interface GuestShutdown {
    /** What the guest is to do. */
    enum Action {
        /** Ends its programs and powers off. */
        POWER_OFF,
        /** Ends its programs and starts again. */
        RESTART
    }

    /** Whether the guest has a driver that listens. */
    boolean isPossible();

    /**
     * Asks the guest; returns at once. A second wish takes the place of one that has not been told yet.
     *
     * @return what the guest says to it: 0 if it will, another status (an HRESULT) if not; never done if the guest
     *     never answers, and fails with {@link IllegalStateException} if it cannot be asked
     */
    CompletableFuture<Integer> request(Action action);
}
