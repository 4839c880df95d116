package hv.oracle.answer;

import java.util.List;

/**
 * What {@code convert} makes of a text.
 *
 * @param text in the other syntax; empty if it cannot be read
 * @param notes what is said beside it
 * @param isWhole whether nothing was left out
 */
public record Converted(String text, List<String> notes, boolean isWhole) {
    /** Copies the list. */
    public Converted {
        notes = List.copyOf(notes);
    }
}
