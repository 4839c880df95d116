package hv.oracle.input;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Arguments of QEMU's {@code -cpu} as people write them: most of them well, some of them not. */
public final class QemuCases {
    private static final List<String> SWITCHES = List.of(
            "relaxed",
            "vapic",
            "vpindex",
            "runtime",
            "synic",
            "stimer",
            "stimer-direct",
            "reset",
            "frequencies",
            "reenlightenment",
            "tlbflush",
            "ipi",
            "evmcs",
            "time",
            "crash",
            "avic",
            "apicv",
            "syndbg",
            "no-nonarch-coresharing",
            "passthrough",
            "enforce-cpuid",
            "tlbflush-ext",
            "tlbflush-direct",
            "emsr-bitmap",
            "xmm-input");

    private static final List<String> VALUES = List.of(
            "hv-spinlocks=0x1fff",
            "hv-spinlocks=8191",
            "hv_spinlocks=0x1fff",
            "hv-spinlocks=4095",
            "hv-spinlocks=0xffffffff",
            "hv-spinlocks=-1",
            "hv-spinlocks=0x100000000",
            "hv-spinlocks=0X1FFF",
            "hv-spinlocks=1e3",
            "hv-spinlocks=8k",
            "hv-spinlocks=0",
            "hv-spinlocks=abc",
            "hv-spinlocks=",
            "hv-spinlocks",
            "hv-spinlocks=on",
            "hv-spinlocks=017",
            "hv-spinlocks=18446744073709551615",
            "hv-vendor-id=GenuineIntel",
            "hv-vendor-id=KVM Hv",
            "hv_vendor_id=proxmox",
            "hv-vendor-id=abcdefghijklm",
            "hv-vendor-id=",
            "hv-vendor-id",
            "hv-vendor-id=123456789abc",
            "hv-version-id-build=14393",
            "hv-version-id-major=10",
            "hv-version-id-minor=0",
            "hv-version-id-major=65536",
            "hv-version-id-build=-1",
            "hv-version-id-spack=1",
            "hv-version-id-sbranch=256",
            "hv-version-id-snumber=0x1000000",
            "hv-version-id-build=abc",
            "hv-no-nonarch-coresharing=auto",
            "hv-no-nonarch-coresharing=maybe",
            "hv-no-nonarch-coresharing=off");

    private static final List<String> STRANGERS = List.of(
            "kvm=off",
            "kvm=on",
            "-hypervisor",
            "hypervisor=on",
            "+invtsc",
            "migratable=no",
            "migratable=off",
            "l3-cache=on",
            "host-cache-info=on",
            "tsc-frequency=2500000000",
            "tsc-freq=2.5G",
            "+kvm_pv_eoi",
            "kvm-pv-eoi=on",
            "+kvm_pv_unhalt",
            "pmu=off",
            "+x2apic",
            "check",
            "enforce=off",
            "topoext=on",
            "+pcid",
            "host-phys-bits=on",
            "phys-bits=40",
            "vendor=AuthenticAMD",
            "family=6",
            "+ssse3",
            "-sse4.2",
            "sse4_1=on");

    private static final List<String> MISTAKES = List.of(
            "hv-relax",
            "hv-stimerdirect",
            "hv-hypervclock",
            "hv-foo=1",
            "hv-spinlock=0x1fff",
            "hv",
            "hv-",
            "hv_apic",
            "hv-vp-index",
            "hv-tlb-flush",
            "hv-relaxed ",
            " hv-relaxed",
            "hv-RELAXED",
            "HV-relaxed",
            "x-hv-synic-kvm-only=on",
            "x-hv-max-vps=4",
            "",
            "=on",
            "+",
            "hv-relaxed=on=off");

    /** Models with 64 bits that every version of QEMU's has: hv passes models over, so others would compare nothing. */
    private static final List<String> MODELS = List.of(
            "qemu64",
            "qemu64",
            "qemu64",
            "kvm64",
            "max",
            "max",
            "Nehalem",
            "Haswell",
            "EPYC",
            "Skylake-Client-v1",
            "host");

    /** Those of them that libvirt knows and changes nothing of. */
    private static final List<String> OF_LIBVIRT = MODELS.stream()
            .filter(model -> !model.contains("-v") && !model.equals("EPYC"))
            .toList();

    private static final int MOST_WORDS = 8;

    /** With KVM, models that start on every host that the oracle has. */
    private static final List<String> ON_KVM = List.of("qemu64", "kvm64");

    private QemuCases() {}

    /** The next one for KVM: its model and its strangers are no matter there. */
    public static Case onKvm(Dice dice) {
        String model = dice.of(ON_KVM);
        List<String> words = new ArrayList<>();
        int count = 1 + dice.below(MOST_WORDS);
        boolean isCareful = dice.chance(80);
        boolean isServed = dice.chance(60);
        for (int i = 0; i < count; i++) {
            words.add(
                    dice.chance(10) ? dice.of(VALUES) : word(dice, isCareful).replaceAll("^\\W?(?!.*hv).*", "hv-time"));
        }
        if (isServed) {
            words.addAll(List.of("hv-vpindex", "hv-time", "hv-synic"));
        }
        return new Case(parts -> join(model, parts), words.stream().distinct().toList());
    }

    /** The next one; the model is no part, since something has to stand there. */
    public static Case next(Dice dice) {
        return next(dice, dice.chance(4) ? "" : dice.of(MODELS));
    }

    /** The next one that is to be written for libvirt. */
    public static Case forLibvirt(Dice dice) {
        return next(dice, dice.of(OF_LIBVIRT));
    }

    private static Case next(Dice dice, String model) {
        List<String> words = new ArrayList<>();
        int count = 1 + dice.below(MOST_WORDS);
        // Half of all have mistakes in them: otherwise hardly any would start.
        boolean isCareful = dice.chance(50);
        for (int i = 0; i < count; i++) {
            words.add(word(dice, isCareful));
        }
        return new Case(parts -> join(model, parts), words);
    }

    private static String join(String model, List<String> parts) {
        List<String> words = new ArrayList<>(parts);
        if (!model.isEmpty()) {
            words.addFirst(model);
        }
        return String.join(",", words);
    }

    private static String word(Dice dice, boolean isCareful) {
        int roll = dice.below(100);
        if (roll < 70) {
            String name = "hv-" + dice.of(SWITCHES);
            return isCareful ? dice.of(name, name + "=on", name.replace('-', '_')) : careless(dice, name);
        }
        if (roll < 85) {
            return dice.of(isCareful ? VALUES.subList(0, 3) : VALUES);
        }
        return dice.of(roll < 95 || isCareful ? STRANGERS : MISTAKES);
    }

    private static String careless(Dice dice, String name) {
        String spelling = dice.chance(30) ? name.replace('-', '_') : name;
        return switch (dice.below(12)) {
            case 0 -> "+" + spelling;
            case 1 -> "-" + spelling;
            case 2 -> spelling + "=" + dice.of("off", "yes", "no", "true", "false", "n", "y");
            case 3 -> spelling + "=" + dice.of("1", "0", "", "ON", "maybe", "On", "auto");
            case 4 -> spelling + "=on";
            case 5 -> dice.chance(20) ? spelling.toUpperCase(Locale.ROOT) : "+" + spelling + "=on";
            default -> spelling;
        };
    }
}
