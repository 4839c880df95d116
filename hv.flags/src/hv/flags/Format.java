package hv.flags;

import hv.api.Flags;
import java.util.Optional;

/**
 * One way to write flags down. A format knows its texts by their own marks, and no other format; {@link Syntax} gives
 * it a name and its turn. Stateless; any thread.
 */
interface Format {
    /**
     * Reads a text if it has the marks of this format.
     *
     * @param text bounded, without control characters but line ends and tabs
     * @return empty if it has none of the marks
     * @throws UnusableTextException if it has them and cannot be read all the same, with one line that says why
     */
    Optional<Reading> read(String text) throws UnusableTextException;

    /** Writes flags that were understood. */
    Written write(Flags flags);

    /** What is to be added to, or changed in, a text of this format, in one line; empty if nothing is. */
    default String change(Flags change) {
        return change.toString();
    }
}
