package hv.lab.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a boot on hv says otherwise than one on the kernel's own Hyper-V code, and why it may. A difference that is not
 * in the list is a failure. Immutable.
 */
public final class Differences {
    /** Which of the two boots has the line. */
    public enum Side {
        HV,
        REFERENCE
    }

    /**
     * A difference that is wanted.
     *
     * @param side who has the line
     * @param line the comparable line
     * @param reason for people
     */
    private record Explained(Side side, String line, String reason) {}

    /**
     * A difference between two boots.
     *
     * @param side who has the line
     * @param line comparable
     * @param reason why it may differ; empty if nobody knows
     */
    public record Difference(Side side, String line, Optional<String> reason) {}

    private static final String DEBUGGER =
            "hv-syndbg is for debugging a guest's kernel, and on only when it is asked for";

    private static final String APIC =
            "an APIC's MSR ends in user space here and in the kernel there, so hv does not recommend them (hv-avic)";

    /**
     * The registers are: low EAX, high EBX and misc EDX of leaf 0x40000003, hints EAX of 0x40000004, nested features
     * EAX of 0x4000000A.
     */
    private static final List<Explained> EXPLAINED = List.of(
            new Explained(Side.HV, "Hyper-V: misc, bit 3", "QEMU sets it always, and hv shows what QEMU shows"),
            new Explained(Side.HV, "Hyper-V: misc, bit 14", "hv-tlbflush-ext is newer than this kernel's KVM"),
            new Explained(
                    Side.HV,
                    "Hyper-V: Nested features, bit 17",
                    "hv-tlbflush-direct, which KVM's own code has for Intel's processors only"),
            new Explained(Side.REFERENCE, "Hyper-V: high, bit 11", DEBUGGER),
            new Explained(Side.REFERENCE, "Hyper-V: misc, bit 1", DEBUGGER),
            new Explained(Side.REFERENCE, "Hyper-V: misc, bit 11", DEBUGGER),
            new Explained(Side.REFERENCE, "Hyper-V: hints, bit 3", APIC),
            new Explained(Side.REFERENCE, "Hyper-V: Using enlightened APIC (x2apic mode)", APIC),
            new Explained(
                    Side.REFERENCE,
                    "Hyper-V: hints, bit 18",
                    "hv-no-nonarch-coresharing promises how VPs are placed on cores, and is on only when it is asked for"));

    private Differences() {}

    /** All differences, those of hv first. */
    public static List<Difference> between(BootLog hv, BootLog reference) {
        List<Difference> all = new ArrayList<>();
        hv.without(reference).forEach(line -> all.add(difference(Side.HV, line)));
        reference.without(hv).forEach(line -> all.add(difference(Side.REFERENCE, line)));
        return all;
    }

    private static Difference difference(Side side, String line) {
        return new Difference(
                side,
                line,
                EXPLAINED.stream()
                        .filter(one -> one.side() == side && one.line().equals(line))
                        .map(Explained::reason)
                        .findFirst());
    }
}
