package hv.console;

import hv.api.CrashReport;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import java.util.ArrayList;
import java.util.List;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * {@code hv:crash}: the crashes that running guests reported, with their five parameters and, if they left one, their
 * message.
 */
@Component(
        service = {CrashCommand.class, Documented.class},
        property = {"osgi.command.scope=hv", "osgi.command.function=crash"})
public final class CrashCommand implements Documented {
    private static final Help HELP =
            new Help("crash", "", "shows the crashes that running guests reported, newest last", "crash", List.of());

    private final Hypervisor hypervisor;

    /** For the component runtime. */
    @Activate
    public CrashCommand(@Reference Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
    }

    @Override
    public Help help() {
        return HELP;
    }

    /** The command. */
    @Descriptor("shows the crashes that running guests reported")
    public void crash(@Descriptor("--help") String... typed) {
        Arguments arguments = Arguments.of(HELP, typed);
        if (arguments.printedHelp()) {
            return;
        }
        arguments.words();
        Table table = new Table("WHEN", "PARTITION", "VP", "P0", "P1", "P2", "P3", "P4");
        List<String> messages = new ArrayList<>();
        int rows = 0;
        for (GuestPartition partition : hypervisor.partitions()) {
            for (CrashReport report : partition.inspect().crashes()) {
                rows++;
                table.row(
                        report.at(),
                        report.partition(),
                        report.vp(),
                        hex(report.p0()),
                        hex(report.p1()),
                        hex(report.p2()),
                        hex(report.p3()),
                        hex(report.p4()));
                if (!report.message().isEmpty()) {
                    messages.add("VP %d of partition %d left a message at %s:%n%s"
                            .formatted(report.vp(), report.partition(), report.at(), report.quotedMessage()));
                }
            }
        }
        if (rows == 0) {
            System.out.println("no running guest has reported a crash");
        } else {
            table.print(System.out);
            messages.forEach(System.out::println);
        }
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
