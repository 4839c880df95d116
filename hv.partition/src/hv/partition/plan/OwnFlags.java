package hv.partition.plan;

import hv.api.enlightenment.FlagOption;
import java.util.List;

/** The flags that belong to the partition as a whole and to no enlightenment. */
final class OwnFlags {
    /** Missing privilege bits close MSRs and calls. */
    static final String ENFORCE_CPUID = "hv-enforce-cpuid";

    /** The number in 0x40000005.EAX; without it there is no limit. */
    static final String MAX_VPS = "x-hv-max-vps";

    /** Everything this host can, in place of a list of flags. */
    static final String PASSTHROUGH = "hv-passthrough";

    /** In QEMU: no SynIC beside the kernel's, for devices that QEMU itself has on it. There are none here. */
    private static final String SYNIC_OF_KERNEL = "x-hv-synic-kvm-only";

    static final List<FlagOption> ALL = List.of(
            new FlagOption(ENFORCE_CPUID, FlagOption.Kind.SWITCH, 0, List.of(), false, ""),
            FlagOption.ofSwitch(PASSTHROUGH),
            FlagOption.ofSwitch(SYNIC_OF_KERNEL),
            FlagOption.ofNumber(MAX_VPS, 0xFFFF_FFFFL, false));

    private OwnFlags() {}
}
