package hv.console;

import hv.api.Problem;
import hv.api.host.HostFacts;
import hv.api.host.Hypervisor;
import hv.api.host.Vendor;
import hv.api.host.Verdict;
import java.util.List;
import java.util.Locale;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code hv:check}: every problem of a set of flags at once, before anything is booted. Status 1 if it would not start. */
@Component(
        service = CheckCommand.class,
        property = {"osgi.command.scope=hv", "osgi.command.function=check"})
public final class CheckCommand {
    static final List<String> OPTIONS = List.of("--cpu", "--host");

    private static final Help HELP = new Help(
            "check",
            "--cpu FLAGS [--host intel|amd]",
            "names every problem of a set of flags; exit status 1 if it would not start",
            "check --cpu hv-stimer,hv-time",
            OPTIONS);

    private final Hypervisor hypervisor;

    /** For the component runtime. */
    @Activate
    public CheckCommand(@Reference Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
    }

    /** The command. */
    @Descriptor("names every problem of a set of flags: hv:check --cpu FLAGS [--host intel|amd]")
    public void check(CommandSession session, @Descriptor("--cpu FLAGS, --host intel|amd, --help") String... typed) {
        Arguments arguments = Arguments.of(HELP, typed);
        if (arguments.printedHelp()) {
            return;
        }
        arguments.words();
        String flags = arguments.option("--cpu").orElseThrow(() -> HELP.refuse("needs --cpu FLAGS"));
        Verdict verdict = hypervisor.check(flags, host(arguments));
        Table table = new Table("SEVERITY", "FLAG", "PROBLEM");
        for (Problem problem : verdict.problems()) {
            table.row(problem.severity().name().toLowerCase(Locale.ROOT).replace('_', ' '), problem.flag(), problem);
        }
        if (!verdict.problems().isEmpty()) {
            table.print(System.out);
        }
        if (!verdict.foreign().isEmpty()) {
            System.out.println("passed over, not Hyper-V's: " + String.join(" ", verdict.foreign()));
        }
        System.out.println(
                verdict.starts()
                        ? "starts, with " + (verdict.flags().isEmpty() ? "no flags" : verdict.flags())
                        : "would not start");
        if (!verdict.starts()) {
            ShellDoor.status(session, 1);
        }
    }

    /** A host as they are common; its frequencies decide nothing. */
    static HostFacts host(Arguments arguments) {
        String name = arguments.option("--host").orElse("intel");
        Vendor vendor = switch (name) {
            case "intel" -> Vendor.INTEL;
            case "amd" -> Vendor.AMD;
            default -> throw new UsageException("--host takes intel or amd, not '" + name + "'");
        };
        return new HostFacts(vendor, true, 2_600_000_000L, 1_000_000_000L);
    }
}
