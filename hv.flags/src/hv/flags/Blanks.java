package hv.flags;

import hv.api.Problem;
import hv.api.Problem.Severity;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Blanks around the names of flags, which QEMU takes for part of the name. */
final class Blanks {
    private Blanks() {}

    /** What is to be said of the first one in an argument. */
    static Optional<Problem> find(String argument) {
        return Stream.of(argument.split(","))
                .filter(Blanks::isWrong)
                .findFirst()
                .map(word -> {
                    String name = word.split("=", 2)[0];
                    String right =
                            Stream.of(argument.split(",")).map(String::strip).collect(Collectors.joining(","));
                    return new Problem(
                            Severity.WILL_NOT_START,
                            Shown.of(name.strip(), Shown.WORD),
                            "QEMU has no property '%s': the blank is taken for a part of the name"
                                    .formatted(Shown.of(name, Shown.WORD)),
                            "write it without blanks: " + Shown.of(right, 4 * Shown.WORD));
                });
    }

    private static boolean isWrong(String word) {
        String name = word.split("=", 2)[0];
        return !word.isBlank() && !name.equals(name.strip());
    }
}
