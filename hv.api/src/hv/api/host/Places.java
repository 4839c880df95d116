package hv.api.host;

import hv.api.dto.EnlightenmentDTO;
import hv.api.dto.FailureDTO;
import hv.api.dto.PlaceDTO;
import hv.api.dto.SwapDTO;
import java.time.Duration;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The places of a partition's enlightenments, and what can be done about who is in them while the guest runs. Reached
 * through {@link GuestPartition#places}. Coming and going bundles do the same by themselves: a newer version takes
 * over, one that leaves lets its place be vacant with its state kept, the next one fills it.
 *
 * <p>Looking is for any thread; changing for any but a VP's, one change at a time. Changes bring every VP to a safe
 * point, out of the guest and out of {@link GuestVp}'s methods, so VPs must be driven as {@link GuestVp} says.
 */
@ProviderType
public interface Places {
    /** The places and what is in them, by id. */
    List<PlaceDTO> all();

    /**
     * What has gone wrong in code that the partition calls, by place and kind: of enlightenments, of the host, of
     * listeners and tasks. Bounded in number.
     */
    List<FailureDTO> failures();

    /** What was done to the places, here and by coming and going bundles, oldest first, the newest 1,024. */
    List<SwapDTO> history();

    /**
     * Has a version of enlightenment {@code id} take over from the one in place: make before break. Its surface must
     * contain the old one; state is handed over; routes are published. Any failure keeps the old one, with nothing
     * lost.
     *
     * @param id what to swap; a vacant place is filled
     * @param origin bundle name and version as {@link EnlightenmentDTO#bundle} gives it, or empty for the newest
     *     deployed version, which may be the one in place: then a new object of it takes over
     * @return what happened, also if that was a refusal
     */
    SwapDTO swap(String id, String origin);

    /**
     * What a guest would see if enlightenment {@code id} were taken out of it now, and what depends on it: one line
     * each, for people. Empty if it is not there.
     */
    List<String> consequencesOfRemoving(String id);

    /**
     * Takes enlightenment {@code id} and what requires it out, whatever that does to the guest (see
     * {@link #consequencesOfRemoving}). Its state is dropped.
     *
     * @throws IllegalArgumentException if it is not there
     */
    void remove(String id);

    /**
     * Puts an enlightenment that was promised to the guest and removed back in place, fresh.
     *
     * @throws IllegalArgumentException with the reason if it was not promised, is in place, or is not deployed
     */
    void add(String id);

    /**
     * How long VPs and host-side callers wait for a successor when they touch a vacant place; then they get #GP,
     * HV_STATUS_TIME_OUT or an exception. 5 s unless set here, or for all by an administrator.
     *
     * @param deadline 0 to 10 minutes
     */
    void deadline(Duration deadline);
}
