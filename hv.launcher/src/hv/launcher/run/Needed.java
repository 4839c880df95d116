package hv.launcher.run;

import hv.api.Flags;
import hv.api.Flags.Word;
import hv.flags.FlagText;
import hv.flags.TextSource;
import hv.flags.UnusableTextException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.osgi.service.component.annotations.Component;

/**
 * Which enlightenments have to run for a set of flags, told from the same reading that the partition service gets.
 * Bundles that are not started yet say ids and not flags: a flag belongs to the longest id that it begins with, and one
 * that belongs to none leaves it to the partition service, with everything started, to judge.
 *
 * <p>Called by the launcher with the text behind {@code --cpu} and the ids that deployed bundles offer, before any
 * enlightenment is started. The result has the ids that are named, and whether these are enough. Any thread.
 */
@Component(service = BiFunction.class, property = "hv.verb=needed")
public final class Needed implements BiFunction<String, Set<String>, Map.Entry<Set<String>, Boolean>> {
    private static final String ENFORCE_CPUID = "hv-enforce-cpuid";

    @Override
    public Map.Entry<Set<String>, Boolean> apply(String text, Set<String> offered) {
        if (TextSource.isElsewhere(text)) {
            return Map.entry(Set.of(), false);
        }
        try {
            return of(FlagText.of(text).flags(), offered);
        } catch (UnusableTextException e) {
            return Map.entry(Set.of(), false); // said when the guest is about to run
        }
    }

    static Map.Entry<Set<String>, Boolean> of(Flags flags, Set<String> offered) {
        Set<String> ids = new TreeSet<>();
        boolean isCertain = true;
        for (Word word : flags.inEffect()) {
            if (!word.isHyperV() || word.name().equals(ENFORCE_CPUID)) {
                continue;
            }
            // What is off has to be known all the same, or the partition service refuses the word.
            Optional<String> id = word.isOff() ? Optional.empty() : idOf(word.name(), offered);
            id.ifPresent(ids::add);
            isCertain &= id.isPresent();
        }
        return Map.entry(Set.copyOf(ids), isCertain && flags.isOn(ENFORCE_CPUID));
    }

    private static Optional<String> idOf(String flag, Set<String> offered) {
        String name = flag.startsWith("hv-") ? flag.substring("hv-".length()) : "";
        while (!name.isEmpty() && !offered.contains(name)) {
            name = name.substring(0, Math.max(0, name.lastIndexOf('-')));
        }
        return Optional.of(name).filter(id -> !id.isEmpty());
    }
}
