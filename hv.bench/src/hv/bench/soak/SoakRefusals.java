package hv.bench.soak;

import hv.flags.OptionReader;
import hv.flags.Shown;

/**
 * How the verbs about a soak refuse what was typed.
 *
 * @param known what can be written, for people
 */
record SoakRefusals(String known) implements OptionReader.Refusals<IllegalArgumentException> {
    /** For a value that an option cannot have, or a word that is none. */
    IllegalArgumentException unusable(String name, String text) {
        return name.equals(OptionReader.WORD)
                ? unknown(text)
                : new IllegalArgumentException(
                        "'%s %s' cannot be used; write %s".formatted(name, Shown.word(text), known));
    }

    @Override
    public IllegalArgumentException unknown(String typed) {
        return new IllegalArgumentException("'%s' is not an option; write %s".formatted(Shown.word(typed), known));
    }

    @Override
    public IllegalArgumentException valueless(String option) {
        return unusable(option, "");
    }
}
