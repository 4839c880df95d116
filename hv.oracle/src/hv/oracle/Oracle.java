package hv.oracle;

import hv.lab.rig.HostCommand;
import hv.lab.rig.UnusableException;
import hv.oracle.answer.Hv;
import hv.oracle.compare.Accepted;
import hv.oracle.compare.Comparison;
import hv.oracle.compare.LabTrial;
import hv.oracle.compare.LibvirtTrial;
import hv.oracle.compare.QemuTrial;
import hv.oracle.compare.ToLibvirtTrial;
import hv.oracle.compare.Trial;
import hv.oracle.input.Case;
import hv.oracle.input.Dice;
import hv.oracle.input.KnownCases;
import hv.oracle.input.LibvirtCases;
import hv.oracle.input.QemuCases;
import hv.oracle.judge.Lab;
import hv.oracle.judge.Libvirt;
import hv.oracle.judge.Outcome;
import hv.oracle.judge.Qemu;
import hv.oracle.judge.QemuAhead;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** One run: asks each part's cases, and prints what differs. For one thread. */
final class Oracle {
    private static final int LAB_SECONDS = 900;
    private static final int SHORT_LAB_SECONDS = 120;

    private final OracleOptions options;
    private final Path folder;
    private final Path known;
    private final PrintStream out;
    private final Hv hv = Hv.deployed();
    private final List<Comparison> comparisons = new ArrayList<>();

    /** With the root of the workspace, for tables and known configurations, and a place to print to. */
    Oracle(OracleOptions options, Path workspace, PrintStream out) {
        this.options = options;
        folder = workspace.resolve("hv.oracle");
        known = workspace.resolve("hv.flags/test/hv/flags/cases");
        this.out = out;
    }

    /** Asks one judge. */
    @FunctionalInterface
    private interface Part {
        void run() throws UnusableException, InterruptedException;
    }

    /** Whether all differences are explained. */
    boolean run() throws UnusableException, InterruptedException {
        part("qemu", this::qemu);
        part("libvirt", this::libvirt);
        part("kvm", this::kvm);
        part("lab", this::lab);
        if (comparisons.isEmpty()) {
            throw new UnusableException("nobody could be asked; install the packages qemu-system-x86, libvirt-clients"
                    + " and libvirt-daemon");
        }
        comparisons.forEach(comparison -> out.println(comparison.summary()));
        boolean isClean = comparisons.stream().allMatch(Comparison::isClean);
        out.println(isClean ? "all differences are explained" : "there are differences that nobody has explained");
        return isClean;
    }

    /** A part whose program is not here is left out with the reason, unless it is asked for by its name. */
    private void part(String name, Part part) throws UnusableException, InterruptedException {
        if (!options.has(name)) {
            return;
        }
        try {
            part.run();
        } catch (UnusableException e) {
            if (options.only().contains(name)) {
                throw e;
            }
            out.println("%s: not asked: %s".formatted(name, e.getMessage()));
        }
    }

    private static HostCommand program() throws UnusableException {
        return HostCommand.require("qemu-system-x86_64", "qemu-system-x86");
    }

    private void qemu() throws UnusableException, InterruptedException {
        Qemu qemu = new Qemu(program(), List.of());
        try (QemuAhead ahead = new QemuAhead(qemu, "tcg")) {
            ask(
                    "qemu",
                    new QemuTrial(hv, ahead, "intel", qemu.version()),
                    cases(KnownCases.arguments(known), QemuCases::next));
        }
    }

    private void libvirt() throws UnusableException, InterruptedException {
        try (Libvirt libvirt = Libvirt.start(options.cache().resolve("libvirt"))) {
            String release = libvirt.version().replaceFirst("^(\\d+\\.\\d+).*", "$1");
            OptionalLong hz = libvirt.tscHz();
            UnaryOperator<Case> here = one -> hz.isPresent() ? one.withTscHz(hz.getAsLong()) : one;
            ask(
                    "libvirt",
                    new LibvirtTrial(hv, libvirt, release),
                    cases(KnownCases.domains(known), dice -> here.apply(LibvirtCases.next(dice))));
            ask(
                    "to-libvirt",
                    new ToLibvirtTrial(hv, libvirt, release),
                    cases(KnownCases.arguments(known), dice -> here.apply(QemuCases.forLibvirt(dice))));
        }
    }

    private void kvm() throws UnusableException, InterruptedException {
        Qemu qemu = new Qemu(program(), List.of());
        Outcome plain = qemu.start("kvm", "qemu64");
        if (!plain.starts()) {
            throw new UnusableException("QEMU does not start on KVM here: " + plain.said());
        }
        try (QemuAhead ahead = new QemuAhead(qemu, "kvm")) {
            ask(
                    "kvm",
                    new QemuTrial(hv, ahead, "this", qemu.version()),
                    cases(KnownCases.arguments(known), QemuCases::onKvm));
        }
    }

    private void lab() throws UnusableException, InterruptedException {
        Lab lab = Lab.in(options.cache().resolve("lab"), program(), folder.resolve("inside/init"));
        List<Case> cases = cases(KnownCases.arguments(known), QemuCases::onKvm);
        int seconds = options.isShort() ? SHORT_LAB_SECONDS : LAB_SECONDS;
        LabTrial trial = LabTrial.of(hv, lab, cases, seconds);
        ask("lab", trial, cases.stream().filter(trial::isJudged).toList());
    }

    /** Known ones first, then as many random ones as were asked for. */
    private List<Case> cases(List<Case> first, Function<Dice, Case> source) {
        Dice dice = new Dice(options.seed());
        return Stream.concat(
                        first.stream(),
                        Stream.generate(() -> source.apply(dice)).limit(options.cases()))
                .toList();
    }

    private void ask(String part, Trial trial, List<Case> all) throws UnusableException, InterruptedException {
        Comparison comparison = new Comparison(part, trial, Accepted.read(folder.resolve("accepted/" + part + ".txt")));
        all.forEach(trial::prepare);
        for (Case one : all) {
            comparison.ask(one);
        }
        out.println(comparison.report());
        comparisons.add(comparison);
    }
}
