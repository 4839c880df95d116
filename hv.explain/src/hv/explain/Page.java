package hv.explain;

import java.util.List;
import java.util.Objects;

/**
 * An answer for people, without any form: who shows it decides on columns, colours and widths. Immutable.
 *
 * @param sections one or more
 */
public record Page(List<Section> sections) {
    /**
     * Rows about one thing.
     *
     * @param title one line
     * @param rows what there is to say; may be empty
     */
    public record Section(String title, List<Row> rows) {
        /** Copies the list. */
        public Section {
            Objects.requireNonNull(title, "title");
            rows = List.copyOf(rows);
        }
    }

    /**
     * A label and a text.
     *
     * @param label short; empty if the row goes on with the one above
     * @param text one line of any length
     */
    public record Row(String label, String text) {
        /** Checks for nulls. */
        public Row {
            Objects.requireNonNull(label, "label");
            Objects.requireNonNull(text, "text");
        }
    }

    /** Copies the list. */
    public Page {
        sections = List.copyOf(sections);
    }
}
