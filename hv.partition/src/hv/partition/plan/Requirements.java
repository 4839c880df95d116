package hv.partition.plan;

import hv.api.Flags.Word;
import hv.api.Problem;
import hv.api.Problem.Severity;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.FlagOption;
import hv.api.enlightenment.Use;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What enlightenments say of each other: what they need, what they work better with. Every problem is told, not the
 * first one alone.
 */
final class Requirements {
    private Requirements() {}

    /** Checks those that are enabled. */
    static void check(Catalogue catalogue, Set<String> enabled, List<Problem> problems) {
        for (String id : enabled) {
            Descriptor descriptor = catalogue.find(id).orElseThrow().descriptor();
            for (String missing : catalogue.missing(id, enabled)) {
                problems.add(catalogue
                        .find(missing)
                        .map(other -> missing(descriptor, other.descriptor()))
                        .orElseGet(() -> undeployed(descriptor, missing)));
            }
            for (String recommended : descriptor.recommends()) {
                if (!enabled.contains(recommended)) {
                    problems.add(better(descriptor, recommended, catalogue.find(recommended)));
                }
            }
            if (!descriptor.migrationVeto().isEmpty()) {
                problems.add(new Problem(
                        Severity.BLOCKS_MIGRATION,
                        descriptor.flag(),
                        descriptor.migrationVeto(),
                        "",
                        descriptor.flag() + "=off"));
            }
        }
    }

    /** QEMU's rule: some flags only tune, and alone they are not seen by the guest. */
    static void checkAnnounced(Catalogue catalogue, ParsedFlags flags, List<Problem> problems) {
        Optional<FlagValue> tuning =
                flags.values().values().stream().filter(FlagValue::on).findFirst();
        if (tuning.isEmpty()) {
            return;
        }
        String flag = tuning.get().option().flag();
        String announcer = catalogue.all().stream()
                .map(Catalogue.Entry::descriptor)
                .filter(descriptor -> descriptor.uses().contains(Use.ESSENTIAL)
                        && descriptor.requires().isEmpty())
                .map(descriptor -> on(descriptor).toString())
                .findFirst()
                .orElse("");
        problems.add(new Problem(
                Severity.GUEST_MISBEHAVES,
                flag,
                flag + " alone has no effect: it does not announce Hyper-V to the guest",
                "add a flag that does" + (announcer.isEmpty() ? "" : ", as " + announcer),
                announcer));
    }

    /** What is written to switch one on. */
    static Word on(Descriptor descriptor) {
        FlagOption option = descriptor.options().get(0);
        boolean isPlain = option.usual().isEmpty() || option.usual().equals("on");
        return isPlain ? Word.on(option.flag()) : Word.of(option.flag(), option.usual());
    }

    private static Problem missing(Descriptor descriptor, Descriptor other) {
        return new Problem(
                Severity.WILL_NOT_START,
                descriptor.flag(),
                descriptor.flag() + " requires " + other.flag(),
                "add " + on(other),
                on(other).toString());
    }

    private static Problem undeployed(Descriptor descriptor, String missing) {
        return new Problem(
                Severity.WILL_NOT_START,
                descriptor.flag(),
                descriptor.flag() + " requires hv-" + missing + ", which no deployed bundle offers",
                "deploy the bundle that provides hv.enlightenment=" + missing,
                descriptor.flag() + "=off");
    }

    private static Problem better(Descriptor descriptor, String recommended, Optional<Catalogue.Entry> other) {
        String flag = other.map(entry -> on(entry.descriptor()).toString()).orElse("hv-" + recommended);
        return new Problem(
                Severity.NOTE,
                descriptor.flag(),
                descriptor.flag() + " works better with " + flag,
                "add " + flag,
                other.isPresent() ? flag : "");
    }
}
