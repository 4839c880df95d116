package hv.console;

import hv.api.Flags;
import hv.api.Problem;
import hv.api.host.Hypervisor;
import hv.api.host.Profile;
import hv.flags.Effect;
import hv.flags.FlagText;
import hv.flags.Release;
import hv.flags.Shown;
import hv.flags.Syntax;
import hv.flags.Written;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * {@code hv:check}: every problem of a set of flags at once, before anything is booted, and the flags as they should
 * be. Status 1 if it would not start.
 */
@Component(
        service = {CheckCommand.class, Documented.class},
        property = {"osgi.command.scope=hv", "osgi.command.function=check"})
public final class CheckCommand implements Documented {
    private static final String LIBVIRT = "--libvirt";
    private static final String QEMU = "--qemu";

    /** All that hv knows of QEMU's, this version knows as well. */
    private static final Release OLDEST_QEMU = Release.of("7.2");

    static final List<String> OPTIONS =
            List.of(FlagArgument.CPU, CheckedHost.OPTION, FlagArgument.PROFILE, LIBVIRT, QEMU);

    private static final String JSON = "--json";

    private static final Help HELP = new Help(
            "check",
            "FLAGS | @FILE | - | --cpu FLAGS | --profile NAME|help [--host intel|amd|this] [--libvirt VERSION] [--qemu VERSION] [--json]",
            "names every problem of a set of flags, and what to write instead, for QEMU's flags and command lines, libvirt domains,\n"
                    + "  virt-install lines, Proxmox and KubeVirt configurations; exit status 1 if it would not start, 2 if it is none of these.\n"
                    + "  --profile shows what a named set holds, and why; --libvirt and --qemu name what that version does not know",
            "check --cpu hv-stimer,hv-time",
            OPTIONS,
            List.of(JSON));

    private final Hypervisor hypervisor;
    private final ActiveEnlightenments enlightenments;

    /** For the component runtime. */
    @Activate
    public CheckCommand(@Reference Hypervisor hypervisor, @Reference ActiveEnlightenments enlightenments) {
        this.hypervisor = hypervisor;
        this.enlightenments = enlightenments;
    }

    @Override
    public Help help() {
        return HELP;
    }

    /** The command. */
    @Descriptor("names every problem of a set of flags: hv:check FLAGS [--host intel|amd|this] [--json]")
    public void check(
            CommandSession session,
            @Descriptor("FLAGS, @FILE or -, --profile NAME, --host intel|amd|this, --json, --help") String... typed) {
        Arguments arguments = Arguments.of(HELP, typed);
        if (arguments.printedHelp()) {
            return;
        }
        Optional<String> profile = arguments.option(FlagArgument.PROFILE);
        CheckedHost host = CheckedHost.of(arguments);
        if (profile.isPresent() && profile.get().equals("help")) {
            listProfiles(host);
            return;
        }
        if (profile.isPresent() && arguments.option(FlagArgument.CPU).isPresent()) {
            throw HELP.refuse("takes --profile or --cpu, not both");
        }
        if (profile.isPresent()) {
            arguments.words();
        }
        Optional<Profile> named = profile.map(name -> FlagArgument.profile(name, hypervisor.profiles(host.facts())));
        FlagText text = named.isPresent()
                ? FlagText.of(Syntax.QEMU, named.get().flags())
                : FlagArgument.read(session, HELP, arguments);
        CheckedFlags checked = CheckedFlags.of(hypervisor, enlightenments.all(), text, host, release(arguments, text));
        if (arguments.has(JSON)) {
            System.out.println(checked.json());
        } else {
            named.ifPresent(CheckCommand::explain);
            print(checked);
        }
        if (!checked.starts()) {
            ShellDoor.status(session, 1);
        }
    }

    private void listProfiles(CheckedHost host) {
        Table table = new Table("PROFILE", "FOR", "FLAGS");
        for (Profile profile : hypervisor.profiles(host.facts())) {
            table.row(profile.name(), profile.purpose(), profile.flags().toString());
        }
        table.print(System.out);
    }

    private static void explain(Profile profile) {
        System.out.println(profile.name() + ": " + profile.purpose());
        Table table = new Table("", "FLAG", "WHY");
        for (Profile.Reason reason : profile.reasons()) {
            table.row(reason.isTaken() ? "+" : "-", reason.flag(), reason.why());
        }
        table.print(System.out);
        System.out.println();
    }

    private static void print(CheckedFlags checked) {
        checked.text().remarks().forEach(System.out::println);
        System.out.println("%s, for QEMU on %s"
                .formatted(checked.text().syntax().title(), checked.host().title()));
        if (!checked.problems().isEmpty()) {
            Table table = new Table("SEVERITY", "FLAG", "PROBLEM", "WHAT TO DO");
            for (Problem problem : checked.problems()) {
                table.row(severity(problem), problem.flag(), problem.reason(), checked.remedy(problem));
            }
            table.print(System.out);
        }
        checked.chains().forEach(System.out::println);
        if (!checked.verdict().foreign().isEmpty()) {
            System.out.println("passed over, not Hyper-V's: "
                    + String.join(" ", checked.verdict().foreign()));
        }
        System.out.println(outcome(checked));
        if (checked.isCorrected()) {
            Written corrected = checked.text().write(checked.corrected());
            corrected.notes().forEach(note -> System.out.println("note: " + note));
            boolean isLong = corrected.text().contains("\n");
            System.out.println("corrected:" + (isLong ? "\n" : " ") + corrected.text());
        }
    }

    private static String outcome(CheckedFlags checked) {
        Flags flags = checked.verdict().flags();
        if (!checked.starts()) {
            return "would not start";
        }
        if (flags.isEmpty()) {
            return "starts, with no flags of Hyper-V's";
        }
        return checked.effect() == Effect.FULL ? "starts, with " + flags : "starts, and these have no effect: " + flags;
    }

    /** The version of the program that reads the text. */
    private static Optional<Release> release(Arguments arguments, FlagText text) {
        Optional<Release> libvirt = release(arguments, LIBVIRT);
        Optional<Release> qemu = release(arguments, QEMU);
        if (libvirt.isPresent() && text.syntax() != Syntax.LIBVIRT && text.syntax() != Syntax.VIRT_INSTALL) {
            throw HELP.refuse("takes " + LIBVIRT + " with a libvirt domain or a virt-install line only");
        }
        if (qemu.isPresent() && text.syntax() != Syntax.QEMU && text.syntax() != Syntax.QEMU_LINE) {
            throw HELP.refuse("takes " + QEMU + " with QEMU's flags or a QEMU command line only");
        }
        if (qemu.filter(release -> release.compareTo(OLDEST_QEMU) < 0).isPresent()) {
            throw HELP.refuse("knows QEMU from %s on, so it cannot judge for %s".formatted(OLDEST_QEMU, qemu.get()));
        }
        return libvirt.or(() -> qemu);
    }

    private static Optional<Release> release(Arguments arguments, String option) {
        Optional<String> given = arguments.option(option);
        try {
            return given.map(Release::of);
        } catch (IllegalArgumentException e) {
            throw HELP.refuse("takes a version as 9.0 behind " + option + ", not '" + Shown.word(given.get()) + "'");
        }
    }

    /** As people say it. */
    static String severity(Problem problem) {
        return problem.severity().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
