package hv.oracle.compare;

import java.util.Objects;

/**
 * hv says one thing of a configuration, and the program whose configuration it is does another.
 *
 * @param kind in which way they differ
 * @param text the configuration
 * @param hv what hv says
 * @param program what the program does
 */
public record Difference(Kind kind, String text, String hv, String program) {
    /** In which way. */
    public enum Kind {
        /** hv says that it starts, and it does not. */
        FALSE_STARTS("false \"starts\""),
        /** hv says that it would not start, and it does. */
        FALSE_REFUSAL("false \"would not start\""),
        /** hv cannot read what the program takes. */
        NOT_READ("not read"),
        /** Both refuse it, for different reasons. */
        OTHER_REASON("another reason"),
        /** What hv writes in place of it says something else. */
        OTHER_MEANING("another meaning"),
        /** What hv itself has written is not taken. */
        OWN_WORDS("own words refused");

        private final String title;

        Kind(String title) {
            this.title = title;
        }

        /** For people. */
        public String title() {
            return title;
        }
    }

    /** Checks that nothing is missing. */
    public Difference {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(hv, "hv");
        Objects.requireNonNull(program, "program");
    }

    /** What several differences of one cause have in common. */
    String cause() {
        return kind + " " + program.replaceAll("'[^']*'|[0-9]+", "_") + " " + hv.replaceAll("'[^']*'|[0-9]+", "_");
    }
}
