package hv.api.enlightenment;

import java.util.List;
import java.util.Objects;

/**
 * A {@code -cpu} flag that an enlightenment understands, in QEMU's spelling.
 *
 * @param flag name with dashes, as {@code hv-spinlocks}
 * @param kind what may stand behind {@code =}
 * @param max for {@code NUMBER}: largest value, unsigned
 * @param choices for {@code CHOICE}: the words, first the one that means "off"
 * @param enables whether giving the flag switches the enlightenment on (else it only tunes it)
 * @param usual the value given when somebody asks for everything; empty if there is none that suits everybody
 */
public record FlagOption(String flag, Kind kind, long max, List<String> choices, boolean enables, String usual) {
    /** The form of a flag's value. */
    public enum Kind {
        /** {@code on} or {@code off}; alone it means on. */
        SWITCH,
        /** An unsigned number, decimal or 0x hex. */
        NUMBER,
        /** Text. */
        TEXT,
        /** One of {@link FlagOption#choices}; alone it means {@code on}. */
        CHOICE
    }

    /** Copies the list and checks for nulls. */
    public FlagOption {
        Objects.requireNonNull(flag, "flag");
        Objects.requireNonNull(kind, "kind");
        choices = List.copyOf(choices);
        Objects.requireNonNull(usual, "usual");
    }

    /** A copy with a usual value. */
    public FlagOption usually(String value) {
        return new FlagOption(flag, kind, max, choices, enables, value);
    }

    /** A flag that is on or off and switches its enlightenment. */
    public static FlagOption ofSwitch(String flag) {
        return new FlagOption(flag, Kind.SWITCH, 0, List.of(), true, "on");
    }

    /** A number from 0 to {@code max} (unsigned). */
    public static FlagOption ofNumber(String flag, long max, boolean enables) {
        return new FlagOption(flag, Kind.NUMBER, max, List.of(), enables, "");
    }

    /** Any text. */
    public static FlagOption ofText(String flag, boolean enables) {
        return new FlagOption(flag, Kind.TEXT, 0, List.of(), enables, "");
    }

    /** One of several words, the first meaning "off". */
    public static FlagOption ofChoice(String flag, String... choices) {
        return new FlagOption(flag, Kind.CHOICE, 0, List.of(choices), true, "");
    }
}
