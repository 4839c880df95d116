package hv.flags;

import hv.api.Flags;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A QEMU command line: what has a word {@code -cpu}, or begins with the name of such a program. Of several starts the
 * last one counts.
 */
final class QemuLineFormat implements Format {
    private static final int LONGEST_NAME = 60;
    private static final int LONGEST_ASSIGNMENT = 400;
    private static final Pattern VARIABLE = Pattern.compile("[$%]\\{?([A-Za-z_]\\w*)[}%]?");

    @Override
    public Optional<Reading> read(String text) throws UnusableTextException {
        ShellWords all = ShellWords.of(text);
        if (all.words().isEmpty() && text.strip().startsWith("#")) {
            all = ShellWords.of(text.strip().substring(1)); // not a comment but the prompt of a root shell
        }
        QemuStarts starts = QemuStarts.in(all);
        ShellWords line = starts.last();
        Optional<ShellWord> cpu = line.optionWord("cpu");
        if (cpu.isEmpty()) {
            requireNoProgram(starts);
            return Optional.empty();
        }
        requireKnown(cpu.get(), all);
        Flags flags = FlagGrammar.bounded(cpu.get().text());
        Reading reading = Surroundings.ofLine(line, starts.program(), flags);
        Literally.blank(cpu.get().text()).ifPresent(reading::problem);
        Literally.model(flags).ifPresent(reading::problem);
        String model = reading.effect() == Effect.NONE ? "max" : "host";
        reading.writer(corrected -> write(Literally.withModel(corrected, model)));
        starts.remark().ifPresent(reading::remark);
        return Optional.of(reading);
    }

    private static void requireKnown(ShellWord cpu, ShellWords all) throws UnusableTextException {
        if (cpu.unknown().isPresent()) {
            String name = Shown.of(cpu.unknown().get(), LONGEST_NAME);
            throw new UnusableTextException(
                    "what %s stands for in -cpu is not known here; write its value instead of %s%s"
                            .formatted(name, name, assigned(cpu.unknown().get(), all)));
        }
        if (cpu.text().equals("help") || cpu.text().equals("?")) {
            throw new UnusableTextException("-cpu " + cpu.text() + " lists CPU models and starts nothing");
        }
    }

    /** Where a variable gets its only value, for people: whether it still has it then, only a shell can tell. */
    private static String assigned(String unknown, ShellWords all) {
        Matcher variable = VARIABLE.matcher(unknown);
        if (!variable.matches()) {
            return "";
        }
        Pattern assignment = Pattern.compile(variable.group(1) + "\\+?=.*", Pattern.DOTALL);
        List<ShellWord> found = all.words().stream()
                .filter(word -> assignment.matcher(word.text()).matches())
                .toList();
        return found.size() != 1 || found.get(0).text().endsWith("=")
                ? ""
                : " (line %d has %s)"
                        .formatted(found.get(0).line(), Shown.of(found.get(0).text(), LONGEST_ASSIGNMENT));
    }

    private static void requireNoProgram(QemuStarts starts) throws UnusableTextException {
        if (starts.last().has("cpu")) {
            throw new UnusableTextException("there is no value behind -cpu");
        }
        if (!starts.program().isEmpty()) {
            throw new UnusableTextException("the command line of %s has no -cpu, so it has no hv-* flags"
                    .formatted(Shown.of(starts.program(), LONGEST_NAME)));
        }
    }

    @Override
    public Written write(Flags flags) {
        return new Written("-cpu " + ShellWords.quoted(flags.toString()), List.of());
    }
}
