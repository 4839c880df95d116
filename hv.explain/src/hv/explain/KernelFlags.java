package hv.explain;

import hv.api.CpuidTable;
import hv.api.Flags;
import hv.api.Problem;
import hv.api.Problem.Severity;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Enlightenment;
import hv.api.host.Hypervisor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What QEMU can give a guest where the kernel's KVM has these leaves (KVM_GET_SUPPORTED_HV_CPUID): QEMU refuses each
 * flag whose bits are not all there, and hv-passthrough stands for those that are. Immutable.
 *
 * @param leaves of the kernel; empty if they are not known
 */
public record KernelFlags(CpuidTable leaves) {
    private static final int ALL_REGISTERS = 0xF;

    /** What QEMU does not take over: the debugger, and the limit of processors. */
    private static final Set<String> NOT_PASSED = Set.of("hv-syndbg", "x-hv-max-vps");

    /** Whether the kernel was asked, and has a Hyper-V. */
    public boolean isKnown() {
        return !leaves.leaves().isEmpty();
    }

    /** The flags that hv-passthrough stands for. */
    public Flags passed(Collection<? extends Enlightenment> enlightenments, Hypervisor hypervisor) {
        CpuidDump dump = new CpuidDump(
                leaves,
                leaves.leaves().stream()
                        .collect(Collectors.toMap(CpuidTable.Leaf::leaf, leaf -> ALL_REGISTERS, (one, other) -> one)),
                List.of());
        Flags guessed = FlagGuess.of(dump, enlightenments, hypervisor).verdict().flags();
        return new Flags(guessed.words().stream()
                .filter(word -> !NOT_PASSED.contains(word.name()))
                .toList());
    }

    /**
     * What the kernel does not have of what is switched on.
     *
     * @param enabled ids of enlightenments
     * @param severity of each problem
     */
    public List<Problem> missing(
            Collection<String> enabled, Collection<? extends Enlightenment> enlightenments, Severity severity) {
        List<Problem> problems = new ArrayList<>();
        for (Enlightenment enlightenment : isKnown() ? enlightenments : List.<Enlightenment>of()) {
            var descriptor = enlightenment.descriptor();
            List<String> missing = descriptor.cpuid().stream()
                    .filter(bits -> !isThere(bits))
                    .map(bits -> bits.where() + " " + bits.name())
                    .toList();
            if (enabled.contains(descriptor.id()) && !missing.isEmpty()) {
                problems.add(new Problem(
                        severity,
                        descriptor.flag(),
                        "this host's KVM does not have what %s needs (%s), so QEMU says that it is not supported by kernel"
                                .formatted(descriptor.flag(), String.join(", ", missing)),
                        "leave %s out, or take a newer kernel on the host".formatted(descriptor.flag()),
                        descriptor.flag() + "=off"));
            }
        }
        return problems;
    }

    /** A bit as it should be; of a field anything. */
    private boolean isThere(CpuidBits bits) {
        int there = leaves.get(bits.leaf(), bits.register()) & bits.mask();
        return Integer.bitCount(bits.mask()) == 1 ? there == bits.value() : there != 0;
    }
}
