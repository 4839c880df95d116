package hv.flags;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where QEMU is started in a text, which may be a script or the log of many starts.
 *
 * @param last the words of the start that counts, or all words if no program is named
 * @param program the file name of the program; empty if none is named
 * @param remark which one was taken, if there are several
 */
record QemuStarts(ShellWords last, String program, Optional<String> remark) {
    private static final Pattern PROGRAM = Pattern.compile("qemu-system-\\w+?(\\.exe)?");
    private static final Pattern SHORT_NAME = Pattern.compile("kvm|qemu|qemu-kvm");
    private static final Pattern MESSAGE = Pattern.compile("(.*/)?(qemu-system-\\w+|kvm|qemu-kvm|qemu):");

    static QemuStarts in(ShellWords text) {
        ShellWords line = withoutMessages(text);
        List<Integer> starts = new ArrayList<>();
        for (int i = 0; i < line.words().size(); i++) {
            if (isProgram(line, i)) {
                starts.add(i);
            }
        }
        List<Integer> taken = new ArrayList<>();
        for (int i = 0; i < starts.size(); i++) {
            if (part(line, starts, i).optionWord("cpu").isPresent()) {
                taken.add(i);
            }
        }
        if (taken.isEmpty()) {
            String program =
                    starts.isEmpty() ? "" : line.words().get(starts.get(0)).fileName();
            return new QemuStarts(line, program, Optional.empty());
        }
        int start = taken.get(taken.size() - 1);
        ShellWord program = line.words().get(starts.get(start));
        Optional<String> remark = taken.size() == 1
                ? Optional.empty()
                : Optional.of(
                        "QEMU is started %d times in this text; the last start, in line %d, is the one that is looked at"
                                .formatted(taken.size(), program.line()));
        return new QemuStarts(part(line, starts, start), program.fileName(), remark);
    }

    private static ShellWords part(ShellWords line, List<Integer> starts, int index) {
        int end = index + 1 == starts.size() ? line.words().size() : starts.get(index + 1);
        return line.part(starts.get(index), end);
    }

    private static boolean isProgram(ShellWords line, int i) {
        String name = line.words().get(i).fileName();
        if (PROGRAM.matcher(name).matches()) {
            return true;
        }
        boolean isFirst = i == 0 || !line.words().get(i - 1).text().startsWith("-");
        boolean hasOption =
                i + 1 < line.words().size() && line.words().get(i + 1).text().startsWith("-");
        return SHORT_NAME.matcher(name).matches() && isFirst && hasOption;
    }

    /** What a program says begins with its name and a colon, and goes to the end of the line. */
    private static ShellWords withoutMessages(ShellWords text) {
        List<ShellWord> kept = new ArrayList<>();
        int skipped = -1;
        for (ShellWord word : text.words()) {
            if (MESSAGE.matcher(word.text()).matches()) {
                skipped = word.line();
            }
            if (word.line() != skipped) {
                kept.add(word);
            }
        }
        return new ShellWords(kept);
    }
}
