package hv.partition.plan;

import hv.api.CpuidTable;
import hv.api.Flags;
import hv.api.HostFacts;
import hv.api.Problem;
import hv.api.Problem.Severity;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.HypercallSpec;
import hv.api.enlightenment.MsrRange;
import hv.api.host.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Everything that follows from a set of flags before anything is built: what is promised, what is attached, the CPUID
 * leaves, and all that is wrong. One implementation serves the dry run and the real thing. Immutable.
 *
 * <p>Hyper-V is announced when at least one flag that enables it is on; a vendor id or a version alone announces
 * nothing (QEMU's rule). With hv-enforce-cpuid only what is promised is attached. Without it, as in KVM, every MSR and
 * call works once Hyper-V is announced, so everything deployed is attached.
 *
 * @param flags the flags, read
 * @param corrected all flags without what keeps the guest from starting; none before {@link Planner} has worked them
 *     out
 * @param configuration the flags as enlightenments see them
 * @param isAnnounced whether the guest sees Hyper-V at all
 * @param attached what the partition will attach, in the order of their ids
 * @param known every deployed descriptor, for telling "closed" from "unknown"
 * @param problems all problems, worst first
 * @param cpuid the leaves
 * @param promised the CPUID bits that the guest is promised of each enlightenment, by id
 */
public record Plan(
        ParsedFlags flags,
        Flags corrected,
        FlagConfiguration configuration,
        boolean isAnnounced,
        List<Catalogue.Entry> attached,
        List<Descriptor> known,
        List<Problem> problems,
        CpuidTable cpuid,
        Map<String, List<CpuidBits>> promised) {

    /** Works out what flags mean with what is deployed now, hv-passthrough taken as it is. */
    static Plan of(ParsedFlags parsed, HostFacts host, Catalogue catalogue) {
        List<Problem> problems = new ArrayList<>(parsed.problems());
        List<Catalogue.Entry> deployed = List.copyOf(catalogue.all());
        Set<String> enabled = new TreeSet<>();
        boolean announced = false;
        for (Catalogue.Entry entry : deployed) {
            for (var option : entry.descriptor().options()) {
                if (parsed.isOn(option.flag())) {
                    enabled.add(entry.descriptor().id());
                    announced |= option.enables();
                }
            }
        }
        FlagConfiguration configuration = new FlagConfiguration(parsed, enabled, host);
        Requirements.check(catalogue, enabled, problems);
        if (!announced) {
            Requirements.checkAnnounced(catalogue, parsed, problems);
        }
        Offers offers = Offers.of(
                deployed.stream().filter(entry -> enabled.contains(entry.id())).toList(), configuration, catalogue);
        problems.addAll(offers.problems());
        List<Catalogue.Entry> attached =
                announced ? attached(catalogue, deployed, configuration) : List.<Catalogue.Entry>of();
        checkOverlaps(attached, problems);
        CpuidTable cpuid = announced
                ? CpuidAssembly.assemble(offers.allBits(), maxVps(configuration), problems)
                : CpuidTable.EMPTY;
        problems.sort(Comparator.comparing(Problem::severity));
        return new Plan(
                parsed,
                Flags.NONE,
                configuration,
                announced,
                attached,
                deployed.stream().map(Catalogue.Entry::descriptor).toList(),
                List.copyOf(problems),
                cpuid,
                offers.bits());
    }

    /** The same, for those who only ask. */
    public Verdict verdict() {
        return new Verdict(
                flags.canonical(),
                flags.foreign().words().stream().map(Flags.Word::toString).toList(),
                List.copyOf(new TreeSet<>(configuration.enabled())),
                problems,
                starts() ? cpuid : CpuidTable.EMPTY,
                corrected,
                flags.problems());
    }

    /** A copy without those who were attached: a partition that keeps it must not keep bundles that leave. */
    public Plan carriedOut() {
        return new Plan(flags, corrected, configuration, isAnnounced, List.of(), known, problems, cpuid, promised);
    }

    /** A copy with more problems. */
    Plan with(List<Problem> more) {
        List<Problem> all = new ArrayList<>(problems);
        all.addAll(more);
        all.sort(Comparator.comparing(Problem::severity));
        return new Plan(
                flags, corrected, configuration, isAnnounced, attached, known, List.copyOf(all), cpuid, promised);
    }

    /** A copy with corrected flags. */
    Plan with(Flags correction) {
        return new Plan(flags, correction, configuration, isAnnounced, attached, known, problems, cpuid, promised);
    }

    /** Whether nothing keeps the partition from being built. */
    public boolean starts() {
        return problems.stream().noneMatch(p -> p.severity() == Severity.WILL_NOT_START);
    }

    private static int maxVps(FlagConfiguration configuration) {
        return (int) configuration.number(OwnFlags.MAX_VPS).orElse(0xFFFF_FFFFL);
    }

    private static List<Catalogue.Entry> attached(
            Catalogue catalogue, List<Catalogue.Entry> deployed, FlagConfiguration configuration) {
        if (configuration.enforcesCpuid()) {
            return deployed.stream()
                    .filter(entry -> configuration.isEnabled(entry.descriptor().id()))
                    .toList();
        }
        Set<String> ids = new TreeSet<>();
        deployed.forEach(entry -> ids.add(entry.descriptor().id()));
        return deployed.stream()
                .filter(entry -> catalogue.missing(entry.descriptor().id(), ids).isEmpty())
                .toList();
    }

    private static void checkOverlaps(List<Catalogue.Entry> attached, List<Problem> problems) {
        for (int i = 0; i < attached.size(); i++) {
            for (int j = 0; j < i; j++) {
                Descriptor one = attached.get(j).descriptor();
                Descriptor two = attached.get(i).descriptor();
                for (MsrRange a : one.msrs()) {
                    two.msrs().stream().filter(a::overlaps).forEach(b -> problems.add(conflict(one, two, b.name())));
                }
                for (HypercallSpec a : one.hypercalls()) {
                    two.hypercalls().stream()
                            .filter(b -> a.code() == b.code())
                            .forEach(b -> problems.add(conflict(one, two, b.name())));
                }
            }
        }
    }

    private static Problem conflict(Descriptor one, Descriptor two, String what) {
        return new Problem(
                Severity.WILL_NOT_START,
                two.flag(),
                "%s and %s both claim %s".formatted(one.id(), two.id(), what),
                "deploy only one of them");
    }
}
