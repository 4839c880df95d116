package hv.flags;

import hv.api.Flags;
import hv.api.Problem;
import hv.api.Problem.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Collects, element by element, what a libvirt domain says of its guest, and makes {@code -cpu} of it as libvirt does.
 * The enlightenments are {@link LibvirtHyperv}'s, the CPU is {@link LibvirtCpu}'s. Used by one thread for one domain.
 */
final class LibvirtDomain {
    private static final Set<String> DUMPS_ON_CRASH = Set.of("coredump-destroy", "coredump-restart", "preserve");
    private static final Map<String, String> ACCELERATORS =
            Map.of("kvm", "kvm", "qemu", "tcg", "hvf", "hvf", "kqemu", "tcg");

    private final boolean isWhole;
    private final LibvirtHyperv hyperv = new LibvirtHyperv();
    private final LibvirtCpu cpu = new LibvirtCpu(hyperv);
    private final List<String> arguments = new ArrayList<>();
    private String type = "kvm";
    private String architecture = "x86_64";
    private String onCrash = "destroy";

    /** Begins one; parts of a domain are not whole, so that what is missing in them says nothing. */
    LibvirtDomain(boolean isWhole) {
        this.isWhole = isWhole;
    }

    /** An element begins; {@code attributes} gives null for what is not there. */
    void start(String parent, String element, UnaryOperator<String> attributes) throws UnusableTextException {
        switch (parent + "/" + element) {
            case "/domain" -> type(attributes.apply("type"));
            case "os/type" -> {
                String arch = attributes.apply("arch");
                architecture = arch == null ? architecture : arch;
            }
            case "devices/panic" -> {
                if ("hyperv".equals(attributes.apply("model"))) {
                    hyperv.add("hv-crash");
                }
            }
            case "commandline/arg" -> arguments.add(String.valueOf(attributes.apply("value")));
            default -> {
                cpu.start(parent, element, attributes);
                hyperv.start(parent, element, attributes);
            }
        }
    }

    /** An element ends that held {@code text}. */
    void end(String parent, String element, String text) {
        if (parent.equals("domain") && element.equals("on_crash")) {
            onCrash = text;
        } else if (parent.equals("cpu") && element.equals("model")) {
            cpu.model(text);
        }
        hyperv.end(element);
    }

    /** What it comes to. A {@code -cpu} that the domain hands to QEMU itself wins over all elements. */
    Reading finish(String source) throws UnusableTextException {
        Optional<String> own = ShellWords.ofList(arguments).option("cpu");
        List<String> words = new ArrayList<>(cpu.words(isWhole, architecture));
        words.addAll(hyperv.flags());
        Flags read = FlagGrammar.bounded(own.orElse(String.join(",", words)));
        Reading reading = Surroundings.ofFlags(read);
        if (own.isPresent()) {
            ownCpu(reading, own.get());
        } else {
            hyperv.finish(reading);
            LibvirtKept kept = LibvirtKept.of(source, hyperv.keptMode(), isWhole);
            reading.writer(flags -> new LibvirtWriter(flags, isSameCpu(read, flags) ? kept : withoutCpu(kept)).write());
            cpu.unsaid().forEach(reading::unsaid);
        }
        if (!Set.of("x86_64", "i686").contains(architecture) && Surroundings.hasHyperV(read)) {
            Surroundings.otherProcessor(reading, architecture, "libvirt");
        }
        String accelerator = ACCELERATORS.get(type);
        if (!accelerator.equals(Accelerator.KVM)) {
            String remedy = "write <domain type='kvm'>";
            Surroundings.withoutKvm(reading, "the domain's type is " + type, remedy);
            if (!cpu.isHostModel()) {
                Surroundings.hostModel(reading, accelerator, remedy);
            }
        }
        if (read.isOn("hv-crash") && !DUMPS_ON_CRASH.contains(onCrash) && reading.effect() != Effect.NONE) {
            reading.problem(new Problem(
                    Severity.NOTE,
                    "hv-crash",
                    "libvirt ends a guest that reports a crash before it has written its dump",
                    "write <on_crash>coredump-destroy</on_crash> to have the host write one"));
        }
        return reading;
    }

    private void ownCpu(Reading reading, String own) {
        Literally.blank(own).ifPresent(reading::problem);
        if (!hyperv.flags().isEmpty()) {
            reading.problem(new Problem(
                    Severity.NOTE,
                    "",
                    "<qemu:commandline> has a -cpu of its own, so <hyperv> and <cpu> have no effect",
                    "leave it out"));
        }
    }

    private void type(String given) throws UnusableTextException {
        type = given == null ? type : given;
        if (!ACCELERATORS.containsKey(type)) {
            throw new UnusableTextException("a domain of type '%s' is not run by QEMU, which the hv-* flags are for%s"
                    .formatted(Shown.of(type, Shown.WORD), type.equals("xen") ? "; Xen has <viridian/> instead" : ""));
        }
    }

    private static boolean isSameCpu(Flags before, Flags after) {
        return foreign(before).equals(foreign(after));
    }

    private static Set<Flags.Word> foreign(Flags flags) {
        return Set.copyOf(
                flags.inEffect().stream().filter(word -> !word.isHyperV()).toList());
    }

    private static LibvirtKept withoutCpu(LibvirtKept kept) {
        return new LibvirtKept("", kept.clock(), kept.timers(), kept.mode(), false);
    }
}
