package hv.console;

import hv.explain.Page;
import hv.flags.TextSource;
import hv.flags.UnusableTextException;
import java.util.List;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code hv:explain}: what is known about an enlightenment, an MSR and its value, a call, a status or a crash. */
@Component(
        service = {ExplainCommand.class, Documented.class},
        property = {"osgi.command.scope=hv", "osgi.command.function=explain"})
public final class ExplainCommand implements Documented {
    private static final int MOST_WORDS = 1_000;

    private static final Help HELP = new Help(
            "explain",
            "NAME | MSR[=VALUE] | CALL | STATUS | CONTROL-WORD | P0 P1 P2 P3 P4 | TEXT | @FILE | -",
            "tells what is known about an enlightenment or flag, an MSR by number or name and a value of it, a leaf of CPUID and its\n"
                    + "  bits, a hypercall by code, name or control word, a status, a bug check, or the five parameters of a crash;\n"
                    + "  'control=WORD' and 'result=WORD' say which it is. A TEXT is what programs print: crashes, STOP lines, lines of\n"
                    + "  KVM's trace points, messages of QEMU, libvirt and Linux; @FILE or - has it read",
            "explain stimer\nexample: ./hv explain 0x400000b0=0x30009\nexample: ./hv explain 0xd1 0x8 0x2 0x1 0xfffff8018a2b1000"
                    + "\nexample: tail -3 /var/log/libvirt/qemu/w.log | ./hv explain -",
            List.of());

    private final ActiveEnlightenments enlightenments;

    /** For the component runtime. */
    @Activate
    public ExplainCommand(@Reference ActiveEnlightenments enlightenments) {
        this.enlightenments = enlightenments;
    }

    @Override
    public Help help() {
        return HELP;
    }

    /** The command. */
    @Descriptor("tells what is known about an enlightenment, an MSR, a call, a status or a crash: hv:explain stimer")
    public void explain(
            CommandSession session,
            @Descriptor("a name, a number, MSR=VALUE, five crash parameters, lines of a log, @FILE, -, or --help")
                    String... typed) {
        Arguments arguments = Arguments.of(HELP, typed);
        if (arguments.printedHelp()) {
            return;
        }
        List<String> words = arguments.words("a name or a number, as stimer or 0x40000021", MOST_WORDS);
        Page page;
        try {
            page = page(session, words);
        } catch (IllegalArgumentException | UnusableTextException e) {
            throw new UsageException(e.getMessage());
        }
        PagePrinter.print(page, System.out, Screen.current());
    }

    private Page page(CommandSession session, List<String> words) throws UnusableTextException {
        String first = words.get(0);
        boolean isElsewhere = words.size() == 1 && TextSource.isElsewhere(first);
        if (isElsewhere) {
            return enlightenments.handbook().explainText(TextSource.read(first, session.getKeyboard()));
        }
        return words.size() == 1 && first.contains("\n")
                ? enlightenments.handbook().explainText(first)
                : enlightenments.handbook().explain(words);
    }
}
