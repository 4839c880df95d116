package hv.flags;

import hv.api.Flags;
import java.util.List;
import java.util.Optional;

/** A QEMU command line: what has a word {@code -cpu}, or begins with the name of such a program. */
final class QemuLineFormat implements Format {
    private static final int LONGEST_NAME = 60;

    @Override
    public Optional<Reading> read(String text) throws UnusableTextException {
        ShellWords line = ShellWords.of(text);
        Optional<String> cpu = line.option("cpu");
        if (cpu.isPresent()) {
            Flags flags = FlagGrammar.bounded(cpu.get());
            return Optional.of(new Reading(flags, Surroundings.ofLine(line, flags)));
        }
        String program = line.words().isEmpty() ? "" : line.words().getFirst();
        String name = program.substring(program.lastIndexOf('/') + 1);
        if (line.words().size() > 1 && (name.startsWith("qemu-") || name.equals("kvm"))) {
            throw new UnusableTextException("the command line of %s has no -cpu, so it has no hv-* flags"
                    .formatted(Shown.of(name, LONGEST_NAME)));
        }
        return Optional.empty();
    }

    @Override
    public Written write(Flags flags) {
        return new Written("-cpu " + ShellWords.quoted(flags.toString()), List.of());
    }
}
