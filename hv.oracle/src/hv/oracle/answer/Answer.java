package hv.oracle.answer;

import java.util.List;
import java.util.Set;

/**
 * What {@code check} says of a text.
 *
 * @param kind in a word
 * @param blamed names of the flags it would not start for, with dashes; empty names are left out
 * @param reasons why it would not start, or why it cannot be read
 * @param corrected the text as it should be; empty if there is none
 * @param hasEffect whether the flags do anything, as far as the text tells
 */
public record Answer(Kind kind, Set<String> blamed, List<String> reasons, String corrected, boolean hasEffect) {
    /** What it comes to. */
    public enum Kind {
        /** It starts. */
        STARTS,
        /** It would not start. */
        REFUSED,
        /** It is nothing that hv reads. */
        UNREADABLE
    }

    /** Copies both collections. */
    public Answer {
        blamed = Set.copyOf(blamed);
        reasons = List.copyOf(reasons);
    }

    static Answer unreadable(String why) {
        return new Answer(Kind.UNREADABLE, Set.of(), List.of(why), "", false);
    }

    /** Whether it starts. */
    public boolean starts() {
        return kind == Kind.STARTS;
    }

    /** For people, in one line. */
    @Override
    public String toString() {
        return switch (kind) {
            case STARTS -> "starts";
            case REFUSED -> "would not start: " + String.join("; ", reasons);
            case UNREADABLE -> "cannot be read: " + String.join("; ", reasons);
        };
    }
}
