package hv.oracle.compare;

import hv.lab.rig.UnusableException;
import hv.oracle.answer.Answer;
import hv.oracle.answer.Answer.Kind;
import hv.oracle.answer.Converted;
import hv.oracle.answer.Hv;
import hv.oracle.input.Case;
import hv.oracle.input.LibvirtCases;
import hv.oracle.judge.Libvirt;
import hv.oracle.judge.Libvirt.Native;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A domain: whether libvirt takes it, what {@code -cpu} it makes of it, and whether it takes what hv writes instead.
 * What QEMU refuses of it later, libvirt does not know: that is judged where QEMU is.
 */
public final class LibvirtTrial implements Trial {
    private static final String CPU = "-cpu ";

    private final Hv hv;
    private final Libvirt libvirt;
    private final String release;

    /** With the release that hv is asked about, as 9.0. */
    public LibvirtTrial(Hv hv, Libvirt libvirt, String release) {
        this.hv = hv;
        this.libvirt = libvirt;
        this.release = release;
    }

    @Override
    public List<Difference> differences(Case one) throws UnusableException, InterruptedException {
        String text = one.text();
        Answer answer = check(text);
        Native made = libvirt.argumentsOf(text);
        List<Difference> differences = new ArrayList<>();
        boolean isQemus = made.outcome().starts()
                && answer.kind() == Kind.REFUSED
                && made.cpu()
                        .filter(cpu -> hv.check(cpu, "--host", "intel").kind() == Kind.REFUSED)
                        .isPresent();
        if (!isQemus) {
            QemuTrial.between(text, answer, made.outcome()).ifPresent(differences::add);
        }
        if (made.cpu().isPresent() && answer.kind() != Kind.UNREADABLE) {
            meaning(text, made.cpu().get()).ifPresent(differences::add);
        }
        if (answer.kind() == Kind.REFUSED && !answer.corrected().isEmpty()) {
            ownWords(text, answer.corrected()).ifPresent(differences::add);
        }
        return differences;
    }

    private Answer check(String text) {
        return hv.check(text, "--host", "intel", "--libvirt", release);
    }

    private Optional<Difference> meaning(String text, String cpu) {
        Converted converted = hv.convert(text, "qemu");
        String own = converted.text().startsWith(CPU)
                ? converted.text().substring(CPU.length()).replaceAll("^'|'$", "")
                : converted.text();
        Map<String, String> words = CpuWords.of(own);
        Map<String, String> theirs = CpuWords.of(cpu);
        if (!converted.isWhole()) {
            words.keySet().removeIf(name -> !name.startsWith("hv-"));
            theirs.keySet().removeIf(name -> !name.startsWith("hv-"));
        }
        return words.equals(theirs)
                ? Optional.empty()
                : Optional.of(new Difference(
                        Difference.Kind.OTHER_MEANING, text, "converts it to -cpu " + own, "makes of it -cpu " + cpu));
    }

    private Optional<Difference> ownWords(String text, String corrected)
            throws UnusableException, InterruptedException {
        String domain = LibvirtCases.around(text.contains("type='qemu'") ? "qemu" : "kvm", corrected);
        Answer again = check(domain);
        Native made = libvirt.argumentsOf(domain);
        return again.starts() && made.outcome().starts()
                ? Optional.empty()
                : Optional.of(new Difference(
                        Difference.Kind.OWN_WORDS,
                        text,
                        "corrects it to %s, which %s".formatted(corrected, again),
                        made.outcome().toString()));
    }
}
