package hv.console;

import hv.api.dto.EnlightenmentDTO;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code hv:list}: what is deployed and active, one line each. */
@Component(
        service = {ListCommand.class, Documented.class},
        property = {"osgi.command.scope=hv", "osgi.command.function=list"})
public final class ListCommand implements Documented {
    static final List<String> OPTIONS = List.of("--markdown");

    private static final Help HELP = new Help(
            "list",
            "[--markdown FILE]",
            "lists the enlightenments that are active, or writes their table into a document that has one",
            "list",
            OPTIONS);

    private final Hypervisor hypervisor;
    private final ActiveEnlightenments enlightenments;

    /** For the component runtime. */
    @Activate
    public ListCommand(@Reference Hypervisor hypervisor, @Reference ActiveEnlightenments enlightenments) {
        this.hypervisor = hypervisor;
        this.enlightenments = enlightenments;
    }

    @Override
    public Help help() {
        return HELP;
    }

    /** The command. */
    @Descriptor("lists the enlightenments that are active, with what they require and who uses them")
    public void list(@Descriptor("--markdown FILE, or --help") String... typed) {
        Arguments arguments = Arguments.of(HELP, typed);
        if (arguments.printedHelp()) {
            return;
        }
        arguments.words();
        Optional<String> document = arguments.option("--markdown");
        if (document.isPresent()) {
            MarkdownTable.writeInto(document.get(), enlightenments.all());
            return;
        }
        Table table = new Table("FLAG", "TITLE", "REQUIRES", "BUNDLE", "PARTITIONS");
        for (EnlightenmentDTO row : hypervisor.enlightenments()) {
            table.row(
                    row.flag(),
                    row.title(),
                    row.requires().isEmpty() ? "-" : String.join(" ", row.requires()),
                    row.bundle(),
                    usedBy(row.id()));
        }
        table.print(System.out);
    }

    private String usedBy(String id) {
        String ids = hypervisor.partitions().stream()
                .map(GuestPartition::inspect)
                .filter(partition -> partition.enabled().contains(id))
                .map(partition -> String.valueOf(partition.id()))
                .collect(Collectors.joining(" "));
        return ids.isEmpty() ? "-" : ids;
    }
}
