package hv.flags;

import java.util.List;
import java.util.Objects;

/**
 * Flags in a syntax.
 *
 * @param text as it is pasted; may have several lines
 * @param notes what could not be said in it, one line each
 */
public record Written(String text, List<String> notes) {
    /** Copies the list. */
    public Written {
        Objects.requireNonNull(text, "text");
        notes = List.copyOf(notes);
    }
}
