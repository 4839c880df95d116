package hv.oracle.compare;

import hv.lab.rig.UnusableException;
import hv.oracle.answer.Answer;
import hv.oracle.answer.Hv;
import hv.oracle.input.Case;
import hv.oracle.judge.Lab;
import hv.oracle.judge.Lab.Started;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A {@code -cpu} argument on a KVM with the kernel's own Hyper-V code: whether QEMU takes it, and the leaves that its
 * guest sees. All are started beforehand, in one life of the lab; what was not come to says nothing.
 */
public final class LabTrial implements Trial {
    /** For {@code --host}; the lab's processor is AMD's. */
    private static final String HOST = "amd";

    private static final List<String> REGISTERS = List.of("EAX", "EBX", "ECX", "EDX");

    private final Hv hv;
    private final Map<String, Started> started = new LinkedHashMap<>();

    private LabTrial(Hv hv) {
        this.hv = hv;
    }

    /** Starts all of them, and what hv writes in place of those that it refuses. */
    public static LabTrial of(Hv hv, Lab lab, List<Case> cases, int seconds)
            throws UnusableException, InterruptedException {
        LabTrial trial = new LabTrial(hv);
        List<String> arguments = new ArrayList<>();
        for (Case one : cases) {
            arguments.add(one.text());
            trial.corrected(one.text()).ifPresent(arguments::add);
        }
        trial.started.putAll(lab.start(arguments.stream().distinct().toList(), seconds));
        return trial;
    }

    /** Whether there was time for it. */
    public boolean isJudged(Case one) {
        return started.containsKey(one.text());
    }

    @Override
    public List<Difference> differences(Case one) {
        String text = one.text();
        Started theirs = started.get(text);
        if (theirs == null) {
            return List.of();
        }
        Answer answer = hv.check(text, "--host", HOST);
        List<Difference> differences = new ArrayList<>();
        QemuTrial.between(text, answer, theirs.outcome()).ifPresent(differences::add);
        if (answer.starts() && theirs.outcome().starts()) {
            leaves(text, theirs.leaves()).ifPresent(differences::add);
        }
        corrected(text)
                .filter(started::containsKey)
                .filter(own -> !started.get(own).outcome().starts())
                .ifPresent(own -> differences.add(new Difference(
                        Difference.Kind.OWN_WORDS,
                        text,
                        "corrects it to " + own,
                        started.get(own).outcome().toString())));
        return differences;
    }

    private Optional<String> corrected(String text) {
        Answer answer = hv.check(text, "--host", HOST);
        return answer.starts() || answer.corrected().isEmpty() ? Optional.empty() : Optional.of(answer.corrected());
    }

    private Optional<Difference> leaves(String text, Map<Integer, List<Integer>> theirs) {
        Map<Integer, List<Integer>> own = hv.leaves(text, HOST);
        List<String> hvs = new ArrayList<>();
        List<String> programs = new ArrayList<>();
        for (Map.Entry<Integer, List<Integer>> leaf : own.entrySet()) {
            List<Integer> values = theirs.getOrDefault(leaf.getKey(), List.of(0, 0, 0, 0));
            for (int i = 0; i < REGISTERS.size(); i++) {
                if (!leaf.getValue().get(i).equals(values.get(i))) {
                    String register = "%08x.%s ".formatted(leaf.getKey(), REGISTERS.get(i));
                    hvs.add(register + "%08x".formatted(leaf.getValue().get(i)));
                    programs.add(register + "%08x".formatted(values.get(i)));
                }
            }
        }
        return hvs.isEmpty()
                ? Optional.empty()
                : Optional.of(new Difference(
                        Difference.Kind.OTHER_MEANING, text, String.join(", ", hvs), String.join(", ", programs)));
    }
}
