package hv.console;

import hv.api.host.Profile;
import hv.flags.FlagText;
import hv.flags.Shown;
import hv.flags.TextSource;
import hv.flags.UnusableTextException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.felix.service.command.CommandSession;

/** Flags as they are typed behind a command: a word or {@code --cpu}, in any syntax, from anywhere. */
final class FlagArgument {
    static final String CPU = "--cpu";
    static final String PROFILE = "--profile";

    private FlagArgument() {}

    /**
     * Reads them.
     *
     * @throws UsageException if there are none, or they cannot be read
     */
    static FlagText read(CommandSession session, Help help, Arguments arguments) {
        Optional<String> option = arguments.option(CPU);
        String given = option.isPresent()
                ? option.get()
                : arguments.words("FLAGS, as in " + help.example(), 0).get(0);
        if (option.isPresent()) {
            arguments.words();
        }
        return read(session, help, given);
    }

    /** Reads what was given as the value of an option: flags themselves, {@code @FILE}, or {@code -}. */
    static FlagText read(CommandSession session, Help help, String given) {
        try {
            return FlagText.of(TextSource.read(given, session.getKeyboard()));
        } catch (UnusableTextException e) {
            throw new UsageException(help.verb() + ": " + e.getMessage());
        }
    }

    /** The profile with this name. */
    static Profile profile(String name, List<Profile> all) {
        return all.stream()
                .filter(profile -> profile.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new UsageException("--profile takes one of %s, or help, not '%s'"
                        .formatted(
                                all.stream().map(Profile::name).collect(Collectors.joining(", ")), Shown.word(name))));
    }
}
