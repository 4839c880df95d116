package hv.api.device;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Has a guest write out its file systems and keep them still for the length of a save: what a VSS device offers. Any
 * thread.
 */
public interface GuestFreeze {
    /** Whether the guest has a program that does it. */
    boolean isPossible();

    /**
     * Freezes. Returns at once.
     *
     * @param most after so long the guest is thawed whoever has asked: nothing stays frozen because a host forgot; 1 ms
     *     to a day
     * @return what the guest says: 0 if its file systems are still now, another status (an HRESULT) if not; fails with
     *     {@link IllegalStateException} if it cannot be asked, does not answer in that time, or is frozen already
     * @throws IllegalArgumentException if that time is too short or too long
     */
    CompletableFuture<Integer> freeze(Duration most);

    /** Thaws; the same answers. Without effect if nothing is frozen. */
    CompletableFuture<Integer> thaw();
}
