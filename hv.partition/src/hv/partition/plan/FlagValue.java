package hv.partition.plan;

import hv.api.Flags.Word;
import hv.api.enlightenment.FlagOption;

/**
 * A flag as somebody gave it, its value checked against its option.
 *
 * @param option what the flag may be
 * @param on for a switch: its state; for the others true, except a choice that means "off" and a number that means "not
 *     given"
 * @param number for a number: its value, unsigned
 * @param text for a text or choice: the words
 */
public record FlagValue(FlagOption option, boolean on, long number, String text) {
    /** As it is written when everybody writes it the same. */
    Word canonical() {
        return switch (option.kind()) {
            case SWITCH -> on ? Word.on(option.flag()) : Word.off(option.flag());
            case NUMBER -> Word.of(option.flag(), "0x" + Long.toHexString(number));
            case TEXT, CHOICE -> Word.of(option.flag(), text);
        };
    }
}
