package hv.console;

import hv.api.GuestFault;
import hv.api.dto.RouteDTO;
import hv.api.host.Hypervisor;
import java.util.List;
import java.util.stream.Stream;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * {@code hv:msr}: reads and writes synthetic MSRs as the guest would, on the VP's own thread, and shows who answers
 * which. An access that would be #GP in the guest says so, with status 1.
 */
@Component(
        service = {MsrCommand.class, Documented.class},
        property = {"osgi.command.scope=hv", "osgi.command.function=msr"})
public final class MsrCommand implements Documented {
    private static final Help HELP = new Help(
            "msr",
            "read MSR | write MSR VALUE | map  [--vp N] [--cpu FLAGS [--smp N] | --partition ID]",
            "reads or writes a synthetic MSR as the guest would, or shows who answers which",
            "msr read 0x40000002 --cpu hv-vpindex",
            Stream.concat(Guests.OPTIONS.stream(), Stream.of("--vp")).toList());

    private final Hypervisor hypervisor;

    /** For the component runtime. */
    @Activate
    public MsrCommand(@Reference Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
    }

    @Override
    public Help help() {
        return HELP;
    }

    /** The command. */
    @Descriptor("reads or writes a synthetic MSR, or shows who answers which: hv:msr read MSR | write MSR VALUE | map")
    public void msr(CommandSession session, @Descriptor("read MSR, write MSR VALUE, map, --help") String... typed)
            throws Exception {
        Arguments arguments = Arguments.of(HELP, typed);
        if (arguments.printedHelp()) {
            return;
        }
        String action = arguments.action("read", "write", "map");
        List<String> words = switch (action) {
            case "read" -> arguments.words("an MSR, as 0x40000002");
            case "write" -> arguments.words("an MSR, as 0x40000000", "a value");
            default -> arguments.words();
        };
        int msr = words.isEmpty() ? 0 : arguments.index("the MSR", words.get(0));
        long value = words.size() < 2 ? 0 : arguments.number("the value", words.get(1));
        int vp = arguments
                .option("--vp")
                .map(text -> arguments.index("--vp", text))
                .orElse(0);
        try (Guests guests = Guests.of(hypervisor, arguments)) {
            switch (action) {
                case "read" -> {
                    long read = guests.onVp(vp, on -> on.readMsr(msr));
                    System.out.printf("0x%08x = 0x%016x (%s)%n", msr, read, Long.toUnsignedString(read));
                }
                case "write" -> {
                    guests.<Void>onVp(vp, on -> {
                        on.writeMsr(msr, value);
                        return null;
                    });
                    System.out.printf("0x%08x <- 0x%016x%n", msr, value);
                }
                default -> map(guests);
            }
        } catch (GuestFault fault) {
            System.out.printf("0x%08x: #GP%n", msr);
            ShellDoor.status(session, 1);
        }
    }

    private static void map(Guests guests) {
        var partition = guests.partition().inspect();
        Table table = new Table("MSR", "NAME", "OWNER", "ACCESS", "PRIVILEGE", "OPEN", "READS", "WRITES", "REFUSED");
        for (RouteDTO route : partition.msrs()) {
            table.row(
                    "0x%08x".formatted(route.number()),
                    route.name(),
                    route.owner(),
                    route.access(),
                    route.privilege(),
                    route.open() ? "yes" : "no",
                    route.reads(),
                    route.writes(),
                    route.refused());
        }
        table.print(System.out);
        System.out.println("accesses to MSRs that nobody answers: " + partition.unroutedMsrs());
    }
}
