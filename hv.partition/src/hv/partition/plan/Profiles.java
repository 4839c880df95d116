package hv.partition.plan;

import hv.api.Flags;
import hv.api.Flags.Word;
import hv.api.HostFacts;
import hv.api.Problem;
import hv.api.Problem.Severity;
import hv.api.Vendor;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.FlagOption;
import hv.api.enlightenment.Use;
import hv.api.host.Profile;
import hv.api.host.Profile.Reason;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The sets of flags that have a name. Each asks the descriptors what an enlightenment is good for, takes what these
 * require as well, and leaves out what the host cannot do, with what requires it. Knows no enlightenment by name. Used
 * by one thread for one question.
 */
public final class Profiles {
    private final Catalogue catalogue;
    private final HostFacts host;

    /** Why an enlightenment cannot be had at all, alone with what it requires; by id. */
    private final Map<String, String> impossible = new TreeMap<>();

    /** Why one keeps the guest from being moved; by id. */
    private final Map<String, String> immovable = new TreeMap<>();

    /** Judges every deployed enlightenment for a host. */
    public Profiles(Catalogue catalogue, HostFacts host) {
        this.catalogue = catalogue;
        this.host = host;
        for (Catalogue.Entry entry : catalogue.all()) {
            judge(entry, host, impossible, immovable);
        }
    }

    /** All of them; see {@link hv.api.host.Hypervisor#profiles}. */
    public List<Profile> all() {
        Map<String, String> elsewhere = new TreeMap<>();
        for (Vendor vendor : Vendor.values()) {
            catalogue
                    .all()
                    .forEach(entry ->
                            judge(entry, host.toBuilder().vendor(vendor).build(), elsewhere, elsewhere));
        }
        Map<String, String> unmoved = new TreeMap<>(impossible);
        unmoved.putAll(immovable);
        Map<String, String> anywhere = new TreeMap<>(unmoved);
        elsewhere.forEach(anywhere::putIfAbsent);
        Set<Use> windows = Set.of(Use.ESSENTIAL, Use.WINDOWS);
        return List.of(
                profile("recommended", "everything that works here and lets the guest be moved", d -> true, unmoved),
                profile("windows", "Windows that is no hypervisor itself", d -> isFor(d, windows), unmoved),
                profile(
                        "windows-nested",
                        "Windows with Hyper-V, WSL 2 or virtualization-based security in it",
                        d -> isFor(d, windows) || d.uses().contains(Use.NESTED),
                        impossible),
                profile(
                        "linux",
                        "Linux that is no hypervisor itself",
                        d -> d.uses().contains(Use.LINUX),
                        unmoved),
                profile("migratable", "a guest that is moved between hosts of any maker", d -> true, anywhere),
                profile(
                        "minimal",
                        "the least that a guest which knows Hyper-V needs to be quiet when idle and calm when late",
                        d -> d.uses().contains(Use.ESSENTIAL),
                        unmoved));
    }

    private static boolean isFor(Descriptor descriptor, Set<Use> uses) {
        return descriptor.uses().stream().anyMatch(uses::contains);
    }

    /** Asks the flag check about one enlightenment and what it requires. */
    private void judge(
            Catalogue.Entry entry, HostFacts where, Map<String, String> unusable, Map<String, String> unmoved) {
        Set<String> closure = new LinkedHashSet<>(catalogue.missing(entry.id(), Set.of()));
        closure.add(entry.id());
        List<Word> words = closure.stream()
                .flatMap(id -> catalogue.find(id).stream())
                .map(other -> Requirements.on(other.descriptor()))
                .toList();
        Plan plan = Plan.of(new FlagParser(catalogue).parse(new Flags(words)), where, catalogue);
        for (Problem problem : plan.problems()) {
            boolean isBetterOff = problem.severity() == Severity.SLOWER
                    && problem.change().equals(entry.descriptor().flag() + "=off");
            if (problem.severity() == Severity.WILL_NOT_START || isBetterOff) {
                unusable.putIfAbsent(entry.id(), problem.reason());
            } else if (problem.severity() == Severity.BLOCKS_MIGRATION) {
                unmoved.putIfAbsent(entry.id(), problem.reason());
            }
        }
    }

    private Profile profile(String name, String purpose, Predicate<Descriptor> isWanted, Map<String, String> unfit) {
        Map<String, String> taken = new TreeMap<>();
        for (Catalogue.Entry entry : catalogue.all()) {
            Descriptor descriptor = entry.descriptor();
            List<String> required = catalogue.missing(entry.id(), Set.of());
            if (isUsual(descriptor)
                    && isWanted.test(descriptor)
                    && !unfit.containsKey(entry.id())
                    && required.stream().noneMatch(unfit::containsKey)) {
                taken.put(entry.id(), "the guest " + descriptor.benefit());
                required.forEach(id -> taken.putIfAbsent(id, "required by " + descriptor.flag()));
            }
        }
        SortedMap<String, Word> flags = new TreeMap<>();
        List<Reason> reasons = new ArrayList<>();
        for (Catalogue.Entry entry : catalogue.all()) {
            Descriptor descriptor = entry.descriptor();
            boolean isTaken = taken.containsKey(entry.id());
            if (isTaken) {
                flags.put(descriptor.flag(), Requirements.on(descriptor));
            }
            String why = isTaken ? taken.get(entry.id()) : whyNot(descriptor, isWanted, unfit);
            reasons.add(new Reason(descriptor.flag(), isTaken, why));
        }
        return new Profile(name, purpose, new Flags(List.copyOf(flags.values())), reasons);
    }

    /** What has no usual value is somebody's own decision. */
    private static boolean isUsual(Descriptor descriptor) {
        FlagOption option = descriptor.options().get(0);
        return option.enables() && !option.usual().isEmpty();
    }

    private String whyNot(Descriptor descriptor, Predicate<Descriptor> isWanted, Map<String, String> unfit) {
        if (!isUsual(descriptor)) {
            return "depends on the guest or on how its processors are placed";
        }
        if (!isWanted.test(descriptor)) {
            return descriptor.uses().equals(Set.of(Use.NESTED))
                    ? "only of use to a guest that is a hypervisor itself"
                    : "not used by such a guest, or not needed";
        }
        if (unfit.containsKey(descriptor.id())) {
            return unfit.get(descriptor.id());
        }
        return catalogue.missing(descriptor.id(), Set.of()).stream()
                .filter(unfit::containsKey)
                .map(unfit::get)
                .findFirst()
                .orElseThrow();
    }
}
