package hv.fuzz.file;

import hv.api.Flags;
import hv.api.HostFacts;
import hv.api.Problem;
import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import hv.api.host.Verdict;
import hv.flags.FlagText;
import hv.flags.FlagWriter;
import hv.flags.Syntax;
import hv.flags.UnusableTextException;
import hv.flags.Written;
import hv.fuzz.target.Effort;
import hv.fuzz.target.Finding;
import hv.fuzz.target.Target;
import hv.hosted.HostedHost;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Flags in a text that somebody pastes. Has to hold: a refusal is one line; what the check says is what building the
 * partition does; the corrected flags need no more correction; and what is written in a syntax is read back as it was.
 */
public final class FlagsTarget implements Target {
    private static final int MOST_MILLIS = 1_000;
    private static final long MOST_BYTES = 64 << 20;

    /**
     * The fuzzer's hooks copy both strings of each comparison, so what is compared with a long word is counted once for
     * each place in it: 22 KiB for each byte were seen where a text of 6,309 bytes takes 0.2 MB without the hooks.
     */
    private static final long MOST_BYTES_OF_HOOKS = 32 << 10;

    private final Hypervisor hypervisor;
    private final Syntax syntax;
    private final HostFacts facts = HostedHost.builder().build().facts();
    private final Effort effort = new Effort();

    /** Writes in {@code syntax}; reads whatever comes. */
    public FlagsTarget(Hypervisor hypervisor, Syntax syntax) {
        this.hypervisor = hypervisor;
        this.syntax = syntax;
    }

    @Override
    public int run(byte[] input) throws Exception {
        String text = new String(input, StandardCharsets.UTF_8);
        effort.begin();
        judge(text);
        long mostBytes = MOST_BYTES + input.length * MOST_BYTES_OF_HOOKS;
        effort.end("a text of %d bytes".formatted(input.length), MOST_MILLIS, mostBytes);
        return 1;
    }

    private void judge(String text) throws Exception {
        FlagText read;
        try {
            read = FlagText.of(text);
        } catch (UnusableTextException e) {
            OneLine.check("refusal", e.getMessage());
            return;
        }
        Verdict verdict = hypervisor.check(read.flags(), facts);
        for (Problem problem : verdict.problems()) {
            OneLine.check("problem", problem.toString());
        }
        build(read.flags(), verdict);
        Verdict again = hypervisor.check(verdict.corrected(), facts);
        if (!again.corrected().equals(verdict.corrected())) {
            throw new Finding("corrected flags are corrected again: %s, then %s"
                    .formatted(verdict.corrected(), again.corrected()));
        }
        write(again);
    }

    private void build(Flags flags, Verdict verdict) {
        try (GuestPartition partition =
                hypervisor.create(flags, HostedHost.builder().memoryBytes(4096).build())) {
            if (!verdict.starts()) {
                throw new Finding("a partition was built that would not start: " + verdict.problems());
            }
            if (!partition.cpuid().equals(verdict.cpuid())) {
                throw new Finding("the partition's CPUID is not the one that was shown for " + flags);
            }
        } catch (ConfigurationException e) {
            if (verdict.starts()) {
                throw new Finding("no partition could be built with flags that would start: " + flags, e);
            }
        }
    }

    private void write(Verdict verdict) throws UnusableTextException {
        Written written = FlagWriter.write(syntax, verdict.corrected());
        if (!verdict.starts()
                || !written.notes().isEmpty()
                || verdict.corrected().isEmpty()) {
            return; // what flags cannot put right, or what this syntax cannot say
        }
        // What is written for libvirt is pasted into a domain, and virt-install is told with the same elements.
        boolean isOfDomain = syntax == Syntax.LIBVIRT || syntax == Syntax.VIRT_INSTALL;
        String text = isOfDomain ? "<domain type='kvm'>" + written.text() + "</domain>" : written.text();
        Verdict readBack = hypervisor.check(FlagText.of(text).flags(), facts);
        if (!words(readBack).equals(words(verdict))) {
            throw new Finding(
                    "%s was written as %s, and read back as %s".formatted(verdict.flags(), text, readBack.flags()));
        }
    }

    /** The order in which flags are given means nothing, and hv-apicv is QEMU's other name for hv-avic. */
    private static Set<String> words(Verdict verdict) {
        return verdict.flags().words().stream()
                .map(word -> word.toString().replaceFirst("^hv-apicv(?=$|=)", "hv-avic"))
                .collect(Collectors.toSet());
    }
}
