package hv.partition.places;

import hv.api.Problem;
import hv.api.Problem.Severity;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.HypercallSpec;
import hv.api.enlightenment.MsrRange;
import hv.api.enlightenment.MsrRange.Access;
import hv.partition.failure.BundleCalls.Steps;
import hv.partition.failure.CallException;
import hv.partition.plan.Catalogue;
import hv.partition.plan.FlagConfiguration;
import hv.partition.plan.Gate;
import hv.partition.plan.Offers;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a guest can see of an enlightenment, and whether another version would show it all of that: a guest reads CPUID
 * once and keeps to it, so a successor may offer more than its predecessor, never less.
 */
final class Surface {
    private final Gate gate;
    private final FlagConfiguration configuration;

    Surface(Gate gate, FlagConfiguration configuration) {
        this.gate = gate;
        this.configuration = configuration;
    }

    /** What {@code version} would show. On a thread that may hang. */
    Offers offers(Catalogue.Entry version, Steps steps) throws CallException {
        return Offers.ask(version, configuration, steps);
    }

    /**
     * Why {@code next} cannot follow in {@code place}, or empty if it can, as far as its descriptor tells.
     *
     * @param others all other places of the partition
     */
    Optional<String> misfit(Place place, Catalogue.Entry next, List<Place> others) {
        Descriptor before = place.descriptor();
        Descriptor after = next.descriptor();
        if (!after.id().equals(place.id())) {
            return Optional.of(after.id() + " is not " + place.id());
        }
        return requirement(after, others)
                .or(() -> overlap(after, others))
                .or(() -> msr(before, after))
                .or(() -> call(before, after));
    }

    private static Optional<String> requirement(Descriptor after, List<Place> others) {
        Set<String> present = new HashSet<>();
        Set<String> vacant = new HashSet<>();
        for (Place other : others) {
            if (!other.isRemoved()) {
                (other.isVacant() ? vacant : present).add(other.id());
            }
        }
        return after.requires().stream()
                .filter(id -> !present.contains(id))
                .findFirst()
                .map(id -> "it requires hv-" + id
                        + (vacant.contains(id) ? ", whose place is vacant" : ", which this guest does not have"));
    }

    private static Optional<String> overlap(Descriptor after, List<Place> others) {
        for (Place other : others) {
            for (MsrRange range : after.msrs()) {
                if (other.descriptor().msrs().stream().anyMatch(range::overlaps)) {
                    return Optional.of("it claims %s, which is %s's".formatted(range.name(), other.id()));
                }
            }
            for (HypercallSpec spec : after.hypercalls()) {
                if (other.descriptor().hypercalls().stream().anyMatch(theirs -> theirs.code() == spec.code())) {
                    return Optional.of("it claims %s, which is %s's".formatted(spec.name(), other.id()));
                }
            }
        }
        return Optional.empty();
    }

    private Optional<String> msr(Descriptor before, Descriptor after) {
        for (MsrRange range : before.msrs()) {
            for (int msr = range.first(); msr <= range.last() && gate.isOpen(range.privilege()); msr++) {
                if (!isAnswered(msr, range.access(), after)) {
                    return Optional.of("it does not answer %s of MSR 0x%08x (%s)"
                            .formatted(words(range.access()), msr, range.name()));
                }
            }
        }
        return Optional.empty();
    }

    private boolean isAnswered(int msr, Access access, Descriptor after) {
        return after.msrs().stream()
                .anyMatch(range -> range.contains(msr)
                        && gate.isOpen(range.privilege())
                        && (range.access() == access || range.access() == Access.READ_WRITE));
    }

    private static String words(Access access) {
        return switch (access) {
            case READ_ONLY -> "reads";
            case WRITE_ONLY -> "writes";
            case READ_WRITE -> "reads and writes";
        };
    }

    private Optional<String> call(Descriptor before, Descriptor after) {
        for (HypercallSpec spec : before.hypercalls()) {
            boolean isKept = !gate.isOpen(spec.privilege())
                    || after.hypercalls().stream().anyMatch(theirs -> takesAll(theirs, spec));
            if (!isKept) {
                return Optional.of(
                        "it does not take call 0x%04x (%s) as it is made".formatted(spec.code(), spec.name()));
            }
        }
        return Optional.empty();
    }

    private boolean takesAll(HypercallSpec after, HypercallSpec before) {
        return after.code() == before.code()
                && gate.isOpen(after.privilege())
                && after.reps() == before.reps()
                && after.headerBytes() == before.headerBytes()
                && after.memoryRule() == before.memoryRule()
                && (after.variableHeader() || !before.variableHeader())
                && (after.xmmInput() || !before.xmmInput());
    }

    /** The same, as far as what it would show tells. */
    Optional<String> misfit(Place place, Offers offers) {
        if (!place.isPromised()) {
            return Optional.empty();
        }
        Optional<String> refusal = offers.problems().stream()
                .filter(problem -> problem.severity() == Severity.WILL_NOT_START)
                .findFirst()
                .map(Problem::reason);
        if (refusal.isPresent()) {
            return refusal;
        }
        List<CpuidBits> after = offers.bits().getOrDefault(place.id(), List.of());
        return place.promisedBits().stream()
                .filter(bits -> !isShown(bits, after))
                .findFirst()
                .map(bits -> "it does not show %s (%s) as the guest was promised".formatted(bits.where(), bits.name()));
    }

    private static boolean isShown(CpuidBits bits, List<CpuidBits> after) {
        int value = 0;
        int mask = 0;
        for (CpuidBits other : after) {
            if (other.leaf() == bits.leaf() && other.register() == bits.register()) {
                value |= other.value();
                mask |= other.mask();
            }
        }
        return (mask & bits.mask()) == bits.mask() && (value & bits.mask()) == bits.value();
    }
}
