package hv.console;

import hv.flags.FlagText;
import hv.flags.FlagWriter;
import hv.flags.Shown;
import hv.flags.Syntax;
import hv.flags.Written;
import java.util.ArrayList;
import java.util.List;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Component;

/**
 * {@code hv:convert}: the same flags in another syntax. What they mean is not looked at, so nothing is changed but the
 * words; what the other syntax has no word for is said on standard error, and the status is then 1.
 */
@Component(
        service = {ConvertCommand.class, Documented.class},
        property = {"osgi.command.scope=hv", "osgi.command.function=convert"})
public final class ConvertCommand implements Documented {
    private static final String TO = "--to";
    static final List<String> OPTIONS = List.of(TO, FlagArgument.CPU);

    private static final Help HELP = new Help(
            "convert",
            "--to qemu|libvirt FLAGS | @FILE | - | --cpu FLAGS",
            "writes the same flags in another syntax; exit status 1 if something could not be said in it",
            "convert --to libvirt host,hv-relaxed,hv-time",
            OPTIONS);

    @Override
    public Help help() {
        return HELP;
    }

    /** The command. */
    @Descriptor("writes the same flags in another syntax: hv:convert --to qemu|libvirt FLAGS")
    public void convert(
            CommandSession session, @Descriptor("--to qemu|libvirt, FLAGS, @FILE or -, --help") String... typed) {
        Arguments arguments = Arguments.of(HELP, typed);
        if (arguments.printedHelp()) {
            return;
        }
        String name =
                arguments.option(TO).orElseThrow(() -> HELP.refuse("needs " + TO + " qemu or " + TO + " libvirt"));
        Syntax to = switch (name) {
            case "qemu" -> Syntax.QEMU_LINE;
            case "libvirt" -> Syntax.LIBVIRT;
            default -> throw new UsageException("--to takes qemu or libvirt, not '" + Shown.word(name) + "'");
        };
        FlagText text = FlagArgument.read(session, HELP, arguments);
        boolean isSame = text.syntax() == to;
        Written written = isSame ? text.write(text.flags()) : FlagWriter.write(to, text.flags());
        List<String> lost = new ArrayList<>(isSame ? List.of() : text.unsaid());
        lost.addAll(written.notes());
        if (!written.text().isEmpty()) {
            System.out.println(written.text());
        }
        text.problems().forEach(problem -> System.err.println("note: " + problem));
        text.remarks().forEach(remark -> System.err.println("note: " + remark));
        boolean hasModel = text.flags().words().stream()
                .findFirst()
                .filter(word -> word.isBare() && !word.isHyperV())
                .isPresent();
        if (to == Syntax.QEMU_LINE && !hasModel) {
            System.err.println(
                    "note: QEMU takes the first word for the model of the CPU: put one in front, as -cpu host,...");
        }
        lost.forEach(note -> System.err.println("note: " + note));
        if (!lost.isEmpty()) {
            ShellDoor.status(session, 1);
        }
    }
}
