package hv.api.device;

import hv.api.SavedState;
import hv.api.StateException;
import hv.api.dto.DeviceDTO;
import hv.api.dto.SwapDTO;
import hv.api.machine.StateSections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The devices of one guest, each in a place of its own, and the bus that they are on. Made by {@link Devices#open}.
 *
 * <p>What holds for enlightenments holds for them: a newer version takes over by being started, one that leaves lets
 * its place be vacant with its state kept, and a guest cannot tell either; while a place is vacant its channel stays
 * open, and what the guest signals is kept. Adding and removing a device is something else: the guest sees that, as
 * when a cable is plugged in or pulled. Any thread but one that a device is called on.
 */
@ProviderType
public interface GuestDevices extends AutoCloseable {
    /** The place of the bus itself in {@link #all}, {@link #swap} and {@link #history}. */
    String BUS = "vmbus";

    /** The number of its partition. */
    int partition();

    /**
     * Plugs a device in.
     *
     * @param kind as {@link Devices#kinds} has it
     * @param name its name in this guest: letters of the ASCII alphabet in lower case, digits and {@code -}, at most 32
     * @throws IllegalArgumentException if there is no such kind, the name is taken or none, or an option is not what it
     *     must be; one line that says what to write instead
     */
    void add(String kind, String name, Map<String, String> options);

    /**
     * Pulls a device out: the guest is told.
     *
     * @throws IllegalArgumentException if there is none of this name
     */
    void remove(String name);

    /**
     * Has a version of a device, or of the bus ({@link #BUS}), take over from the one in place, with the channel open.
     * Any failure keeps the old one.
     *
     * @param origin bundle name and version, or empty for the newest deployed one, which may be the one in place: then
     *     a new object of it takes over
     * @return what happened, also if that was a refusal
     */
    SwapDTO swap(String name, String origin);

    /**
     * What the device {@code name} offers to the host, through an interface of this package. Empty if there is no such
     * device, or it does not offer that. What is given can be kept: each call reaches the version that is in place
     * then, and while the place is vacant ends with {@link IllegalStateException}.
     */
    <T> Optional<T> service(String name, Class<T> type);

    /** The bus and the devices. */
    List<DeviceDTO> all();

    /** What was done to the places, oldest first, the newest 1,024. */
    List<SwapDTO> history();

    /** Keeps devices and bus from touching the guest until {@link #resume}; returns when none does. Idempotent. */
    void pause();

    /** Ends {@link #pause}. Idempotent. */
    void resume();

    /** The machine was reset: channels are closed, and the guest looks for its devices anew. */
    void reset();

    /** The sections {@code vmbus} and {@code vmbus.NAME} of a saved machine. Only while paused. */
    List<SavedState.Section> save();

    /**
     * Takes those sections and changes nothing yet. Only while paused.
     *
     * @return puts what was saved in place; cannot fail
     * @throws StateException with one line that says which section is bad, and why
     */
    Runnable read(StateSections saved) throws StateException;

    /** Ends it. The guest is not told. Idempotent. */
    @Override
    void close();
}
