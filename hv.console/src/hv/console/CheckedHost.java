package hv.console;

import hv.api.CpuidTable;
import hv.api.Flags;
import hv.api.HostFacts;
import hv.api.Problem;
import hv.api.Problem.Severity;
import hv.api.Vendor;
import hv.api.enlightenment.Enlightenment;
import hv.api.host.Verdict;
import hv.explain.KernelFlags;
import hv.flags.Shown;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The host that flags are judged for, with QEMU as the VMM: the one of {@code --host}, or this one, if KVM can be used
 * here.
 *
 * @param facts what it is
 * @param title the same for people
 * @param isMeasured whether its frequencies were measured, and not only written down
 * @param lacking what is to be said of a KVM without a Hyper-V of its own; empty for one that has it
 * @param kernel what its KVM's Hyper-V can show; empty if that is not known
 * @param ofMissing how bad it is if KVM lacks something
 */
record CheckedHost(
        HostFacts facts,
        String title,
        boolean isMeasured,
        Optional<Severity> lacking,
        KernelFlags kernel,
        Severity ofMissing) {
    static final String OPTION = "--host";
    private static final List<String> WITH_REGISTERS =
            List.of("hv-vpindex", "hv-time", "hv-vapic", "hv-synic", "hv-reenlightenment");
    private static final long COMMON_TSC_HZ = 2_600_000_000L;
    private static final long APIC_HZ = 1_000_000_000L;

    /**
     * Finds it.
     *
     * @throws UsageException for a name that is not a known host
     */
    static CheckedHost of(Arguments arguments) {
        return switch (arguments.option(OPTION).orElse("")) {
            case "" -> whyUnusable().isEmpty() ? real(Severity.NOTE) : common(Vendor.INTEL);
            case "intel" -> common(Vendor.INTEL);
            case "amd" -> common(Vendor.AMD);
            case "this" -> real(Severity.WILL_NOT_START);
            default ->
                throw new UsageException("--host takes intel, amd or this, not '"
                        + Shown.word(arguments.option(OPTION).get()) + "'");
        };
    }

    /** A host as they are common; its frequencies decide nothing. */
    static HostFacts usual(Vendor vendor) {
        // KVM uses APICv wherever a processor has it, and AVIC only where somebody switched it on.
        return HostFacts.builder(vendor, COMMON_TSC_HZ, APIC_HZ)
                .everything()
                .apicVirtualization(vendor == Vendor.INTEL)
                .build();
    }

    /**
     * The same host with QEMU as its VMM: the kernel serves everything itself, but QEMU takes a moved guest in only
     * with a TSC frequency that was fixed before it was started.
     */
    static HostFacts withQemu(HostFacts facts) {
        return facts.toBuilder().everything().anyTscFrequency(false).build();
    }

    private static CheckedHost common(Vendor vendor) {
        return new CheckedHost(
                withQemu(usual(vendor)),
                "no certain host but a common one of " + name(vendor) + ", with all that KVM has",
                false,
                Optional.empty(),
                new KernelFlags(CpuidTable.EMPTY),
                Severity.NOTE);
    }

    private static CheckedHost real(Severity ofMissing) {
        Optional<String> obstacle = whyUnusable();
        if (obstacle.isPresent()) {
            throw new UsageException(obstacle.get() + "; or say which host is meant, as in --host intel");
        }
        HostFacts facts = withQemu(ThisKvm.hardware());
        KernelFlags kernel = new KernelFlags(ThisKvm.hyperVLeaves());
        return new CheckedHost(
                facts,
                "this host, %s, %d MHz, %s"
                        .formatted(
                                name(facts.vendor()),
                                facts.tscFrequencyHz() / 1_000_000,
                                facts.smtPossible() ? "SMT possible" : "without SMT"),
                true,
                kernel.isKnown() ? Optional.empty() : Optional.of(ofMissing),
                kernel,
                ofMissing);
    }

    /** Why this host's KVM cannot be asked: that the back end is not here, too. */
    private static Optional<String> whyUnusable() {
        try {
            // A method reference would be linked here, outside of what is caught.
            return BackEnd.of("hv.kvm", () -> ThisKvm.whyUnusable());
        } catch (UsageException e) {
            return Optional.of(e.getMessage());
        }
    }

    /** What a KVM whose Hyper-V is known lacks of what the flags need. */
    List<Problem> missing(Verdict verdict, Collection<? extends Enlightenment> enlightenments) {
        return kernel.missing(verdict.enabled(), enlightenments, ofMissing);
    }

    /**
     * What QEMU makes of flags where the kernel's KVM has no Hyper-V: it takes most of them and does nothing, but
     * writes registers for some that such a KVM does not have.
     *
     * @param flags as they were given
     */
    Optional<Problem> none(Flags flags) {
        boolean hasAny = flags.words().stream().anyMatch(Flags.Word::isHyperV);
        boolean isFatal = WITH_REGISTERS.stream().anyMatch(flags::isOn);
        return lacking.filter(severity -> hasAny && (isFatal || severity == Severity.WILL_NOT_START))
                .map(severity -> new Problem(
                        isFatal ? severity : Severity.SLOWER,
                        "",
                        isFatal
                                ? "this host's own KVM has no Hyper-V (KVM_CAP_HYPERV): QEMU refuses hv-vpindex here, and ends at hv-time, hv-vapic, hv-synic and hv-reenlightenment"
                                : "this host's own KVM has no Hyper-V (KVM_CAP_HYPERV): the flags have no effect here",
                        "take a kernel with CONFIG_KVM_HYPERV, or another host"));
    }

    /** Whether this host is meant, and does nothing with any flag. */
    boolean isWithoutHyperV() {
        return lacking.filter(Severity.WILL_NOT_START::equals).isPresent();
    }

    /** A copy of {@code problem} without a frequency that nobody measured. */
    Problem told(Problem problem) {
        String frequency = String.valueOf(facts.tscFrequencyHz());
        return isMeasured || !problem.remedy().contains(frequency)
                ? problem
                : new Problem(
                        problem.severity(),
                        problem.flag(),
                        problem.reason(),
                        problem.remedy().replace(frequency, "N"));
    }

    private static String name(Vendor vendor) {
        return vendor == Vendor.INTEL ? "Intel's" : vendor.name().toUpperCase(Locale.ROOT) + "'s";
    }
}
