package hv.oracle.compare;

import hv.lab.rig.UnusableException;
import hv.oracle.answer.Answer;
import hv.oracle.answer.Answer.Kind;
import hv.oracle.answer.Hv;
import hv.oracle.input.Case;
import hv.oracle.judge.Outcome;
import hv.oracle.judge.QemuAhead;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A {@code -cpu} argument in a command line of QEMU's: what hv says of the line, and what QEMU does with it. */
public final class QemuTrial implements Trial {
    private final Hv hv;
    private final QemuAhead qemu;
    private final String host;
    private final String release;

    /**
     * With a judge.
     *
     * @param host for check, the one that QEMU runs on
     * @param release of the judge, as 7.2
     */
    public QemuTrial(Hv hv, QemuAhead qemu, String host, String release) {
        this.hv = hv;
        this.qemu = qemu;
        this.host = host;
        this.release = release;
    }

    @Override
    public void prepare(Case one) {
        qemu.prepare(one.text());
    }

    @Override
    public List<Difference> differences(Case one) throws UnusableException, InterruptedException {
        String line = "qemu-system-x86_64 -machine microvm -accel %s -cpu %s"
                .formatted(qemu.accelerator(), quoted(one.text()));
        Answer answer = check(line);
        Outcome outcome = qemu.start(one.text());
        List<Difference> differences = new ArrayList<>();
        between(line, answer, outcome).ifPresent(differences::add);
        if (answer.kind() == Kind.REFUSED && !answer.corrected().isEmpty()) {
            ownWords(line, answer.corrected()).ifPresent(differences::add);
        }
        return differences;
    }

    private Answer check(String line) {
        return hv.check(line, "--host", host, "--qemu", release);
    }

    /** What hv gives as the corrected line has to be taken by both. */
    private Optional<Difference> ownWords(String line, String corrected)
            throws UnusableException, InterruptedException {
        String argument = unquoted(corrected.substring(corrected.indexOf("-cpu ") + "-cpu ".length()));
        Answer again =
                check("qemu-system-x86_64 -machine microvm -accel %s %s".formatted(qemu.accelerator(), corrected));
        Outcome outcome = qemu.start(argument);
        return again.starts() && outcome.starts()
                ? Optional.empty()
                : Optional.of(new Difference(
                        Difference.Kind.OWN_WORDS,
                        line,
                        "corrects it to %s, which %s".formatted(corrected, again),
                        outcome.toString()));
    }

    /** What hv says against what a program does. */
    static Optional<Difference> between(String text, Answer answer, Outcome outcome) {
        Difference.Kind kind;
        if (answer.starts() != outcome.starts()) {
            kind = outcome.starts()
                    ? answer.kind() == Kind.UNREADABLE ? Difference.Kind.NOT_READ : Difference.Kind.FALSE_REFUSAL
                    : Difference.Kind.FALSE_STARTS;
        } else if (answer.kind() == Kind.REFUSED
                && !outcome.blamed().isEmpty()
                && !answer.blamed().isEmpty()
                && !answer.blamed().contains(outcome.blamed())
                && answer.reasons().stream().noneMatch(reason -> reason.contains(outcome.blamed()))) {
            kind = Difference.Kind.OTHER_REASON;
        } else {
            return Optional.empty();
        }
        return Optional.of(new Difference(kind, text, answer.toString(), outcome.toString()));
    }

    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }

    private static String unquoted(String word) {
        return word.startsWith("'") && word.endsWith("'")
                ? word.substring(1, word.length() - 1).replace("'\\''", "'")
                : word;
    }
}
