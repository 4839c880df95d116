package hv.flags;

import hv.api.Flags;
import hv.api.Problem;
import hv.api.Problem.Severity;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How QEMU reads an argument where people read it otherwise: a blank is a part of a name, and the first word is the
 * model.
 */
final class Literally {
    private Literally() {}

    /** What is to be said of an argument whose first word is a flag. */
    static Optional<Problem> model(Flags flags) {
        return flags.words().stream().findFirst().filter(word -> !isModel(word)).map(word -> {
            String name = Shown.word(word);
            return new Problem(
                    Severity.WILL_NOT_START,
                    Shown.word(word.name()),
                    "QEMU takes the first word for the model of the CPU, and there is no model '%s'".formatted(name),
                    "put a model in front: -cpu host,%s,...".formatted(name));
        });
    }

    /** Puts {@code model} in front of flags that have no model. */
    static Flags withModel(Flags flags, String model) {
        boolean hasModel =
                flags.words().stream().findFirst().filter(Literally::isModel).isPresent();
        return hasModel ? flags : Flags.of(Flags.Word.on(model)).with(flags);
    }

    private static boolean isModel(Flags.Word word) {
        return word.isBare() && !word.isHyperV();
    }

    /** What is to be said of the first blank in an argument. */
    static Optional<Problem> blank(String argument) {
        return Stream.of(argument.split(","))
                .filter(Literally::isWrong)
                .findFirst()
                .map(word -> {
                    String name = word.split("=", 2)[0];
                    String right = Stream.of(argument.split(","))
                            .map(String::strip)
                            .filter(other -> !other.isEmpty() && !isWrong(other))
                            .collect(Collectors.joining(","));
                    boolean isNameless = name.equals(name.strip());
                    return new Problem(
                            Severity.WILL_NOT_START,
                            Shown.of(name.strip(), Shown.WORD),
                            isNameless
                                    ? "'%s' has no name".formatted(Shown.of(word, Shown.WORD))
                                    : "QEMU has no property '%s': the blank is taken for a part of the name"
                                            .formatted(Shown.of(name, Shown.WORD)),
                            (isNameless ? "leave it out: " : "write it without blanks: ")
                                    + Shown.of(right, 4 * Shown.WORD));
                });
    }

    /** A blank is a part of a name; a name of nothing is none. */
    private static boolean isWrong(String word) {
        String name = word.split("=", 2)[0];
        return !word.isBlank()
                && (!name.equals(name.strip()) || name.replaceFirst("^[+-]", "").isEmpty());
    }
}
