package hv.oracle.compare;

import hv.lab.rig.UnusableException;
import hv.oracle.answer.Answer;
import hv.oracle.answer.Converted;
import hv.oracle.answer.Hv;
import hv.oracle.input.Case;
import hv.oracle.input.LibvirtCases;
import hv.oracle.judge.Libvirt;
import hv.oracle.judge.Libvirt.Native;
import java.util.List;
import java.util.Map;

/** Flags of QEMU's that start, written by hv for libvirt: it takes them, and makes the same flags of them again. */
public final class ToLibvirtTrial implements Trial {
    private final Hv hv;
    private final Libvirt libvirt;
    private final String release;

    /** With the release that hv is asked about, as 9.0. */
    public ToLibvirtTrial(Hv hv, Libvirt libvirt, String release) {
        this.hv = hv;
        this.libvirt = libvirt;
        this.release = release;
    }

    @Override
    public List<Difference> differences(Case one) throws UnusableException, InterruptedException {
        String text = one.text();
        // QEMU takes the first word for the model, so without one it is a piece of an argument.
        if (!CpuWords.of(text).containsKey("model")
                || !hv.check(text, "--host", "intel").starts()) {
            return List.of();
        }
        Converted converted = hv.convert(text, "libvirt");
        String domain = LibvirtCases.around("kvm", converted.text());
        Answer answer = hv.check(domain, "--host", "intel", "--libvirt", release);
        Native made = libvirt.argumentsOf(domain);
        String own = "writes it as %s, which %s".formatted(converted.text(), answer);
        if (!made.outcome().starts()) {
            boolean isTooNew = answer.reasons().stream().anyMatch(reason -> reason.contains("which is there since"));
            return isTooNew
                    ? List.of()
                    : List.of(new Difference(
                            Difference.Kind.OWN_WORDS, text, own, made.outcome().toString()));
        }
        Map<String, String> before = CpuWords.of(text);
        Map<String, String> after = CpuWords.of(made.cpu().orElse(""));
        if (!converted.isWhole()) {
            before.keySet().removeIf(name -> !after.containsKey(name));
            after.keySet().removeIf(name -> !before.containsKey(name));
        }
        return before.equals(after)
                ? List.of()
                : List.of(new Difference(
                        Difference.Kind.OTHER_MEANING,
                        text,
                        own,
                        "makes of it -cpu " + made.cpu().orElse("")));
    }
}
