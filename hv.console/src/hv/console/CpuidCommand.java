package hv.console;

import hv.api.CpuidTable;
import hv.api.Flags;
import hv.api.Problem;
import hv.api.dto.PartitionDTO;
import hv.api.host.Hypervisor;
import hv.api.host.Verdict;
import hv.explain.CpuidDump;
import hv.explain.CpuidReading;
import hv.explain.FlagGuess;
import hv.flags.Effect;
import hv.flags.FlagGrammar;
import hv.flags.FlagText;
import hv.flags.Shown;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * {@code hv:cpuid}: the leaves 0x40000000 and up that a guest sees, as numbers and bit by bit with the flags they come
 * from; what differs between two sets of flags; and which flags made the leaves of a dump.
 */
@Component(
        service = {CpuidCommand.class, Documented.class},
        property = {"osgi.command.scope=hv", "osgi.command.function=cpuid"})
public final class CpuidCommand implements Documented {
    static final List<String> OPTIONS = List.of("--cpu", "--decode", "--diff", "--host", "--partition");

    private static final int WORDS_OF_A_LEAF = 4;

    private static final Help HELP = new Help(
            "cpuid",
            "--cpu FLAGS | --partition ID | --decode FILE | --decode [LEAF] EAX EBX ECX EDX  [--diff FLAGS] [--host intel|amd|this]",
            "shows the leaves that a guest sees, raw and bit by bit with the flag each bit comes from; --diff shows only what differs"
                    + " with other flags; --decode reads a dump as 'cpuid -r' writes it, '-' for standard input, and says which flags"
                    + " made it",
            "cpuid --cpu hv-relaxed,hv-time --diff hv-relaxed,hv-time,hv-vapic\nexample: cpuid -1 -r | ./hv cpuid --decode -",
            OPTIONS);

    private final Hypervisor hypervisor;
    private final ActiveEnlightenments enlightenments;

    /** For the component runtime. */
    @Activate
    public CpuidCommand(@Reference Hypervisor hypervisor, @Reference ActiveEnlightenments enlightenments) {
        this.hypervisor = hypervisor;
        this.enlightenments = enlightenments;
    }

    /** Leaves and where their bits come from. */
    private record Side(CpuidTable leaves, CpuidReading reading) {}

    @Override
    public Help help() {
        return HELP;
    }

    /** The command. */
    @Descriptor("shows the CPUID leaves that a guest sees: hv:cpuid --cpu FLAGS [--diff FLAGS] | --decode FILE")
    public void cpuid(
            CommandSession session,
            @Descriptor("--cpu FLAGS, --partition ID, --decode FILE, --diff FLAGS, --help") String... typed) {
        Arguments arguments = Arguments.of(HELP, typed);
        if (arguments.printedHelp()) {
            return;
        }
        Optional<String> dump = arguments.option("--decode");
        if (dump.isPresent()) {
            decode(session, dump.get(), arguments);
            return;
        }
        arguments.words();
        Side side =
                arguments.option("--cpu").isPresent() ? ofFlags(session, "--cpu", arguments) : ofPartition(arguments);
        if (side.leaves().leaves().isEmpty()) {
            System.out.println("Hyper-V is not announced: no flag that announces it is on");
            ShellDoor.status(session, 1);
        } else {
            show(session, side, arguments);
        }
    }

    private void decode(CommandSession session, String first, Arguments arguments) {
        List<String> words = new ArrayList<>(List.of(first));
        words.addAll(arguments.upTo(WORDS_OF_A_LEAF));
        CpuidDump dump = dump(words);
        FlagGuess guess = FlagGuess.of(dump, enlightenments.all(), hypervisor);
        Verdict verdict = guess.verdict();
        CpuidReading reading = CpuidReading.of(
                dump.leaves(), verdict.cpuid(), verdict.flags(), verdict.enabled(), enlightenments.all());
        show(session, new Side(dump.leaves(), reading), arguments);
        System.out.println();
        Screen screen = Screen.current();
        System.out.println(
                screen.paint(Screen.Style.BOLD, "flags: ") + (verdict.flags().isEmpty() ? "none" : verdict.flags()));
        List<String> remarks = new ArrayList<>(dump.remarks());
        remarks.addAll(guess.remarks());
        remarks.addAll(guess.missing(dump, enlightenments.all()));
        remarks.forEach(remark -> System.out.println("note: " + remark));
    }

    private static CpuidDump dump(List<String> words) {
        try {
            if (words.size() > 1) {
                return CpuidDump.of(words);
            }
            if (words.get(0).equals("-")) {
                return CpuidDump.read(System.in);
            }
            try (InputStream in = Files.newInputStream(Path.of(words.get(0)))) {
                return CpuidDump.read(in);
            }
        } catch (IOException e) {
            throw new UsageException("--decode cannot read '%s': %s".formatted(Shown.file(words.get(0)), reason(e)));
        } catch (InvalidPathException e) {
            throw new UsageException("--decode takes the name of a file, not this");
        } catch (IllegalArgumentException e) {
            throw new UsageException("--decode: " + e.getMessage());
        }
    }

    private static String reason(IOException failure) {
        if (failure instanceof NoSuchFileException) {
            return "there is no such file";
        }
        return failure instanceof AccessDeniedException ? "permission denied" : failure.getMessage();
    }

    private Side ofPartition(Arguments arguments) {
        try (Guests guests = Guests.of(hypervisor, arguments)) {
            PartitionDTO partition = guests.partition().inspect();
            CpuidReading reading = CpuidReading.of(
                    partition.cpuid(),
                    partition.cpuid(),
                    FlagGrammar.read(partition.flags()),
                    partition.enabled(),
                    enlightenments.all());
            return new Side(partition.cpuid(), reading);
        }
    }

    /** A set of flags that would not start is refused with every reason. */
    private Side ofFlags(CommandSession session, String option, Arguments arguments) {
        FlagText text =
                FlagArgument.read(session, HELP, arguments.option(option).get());
        text.remarks().forEach(remark -> System.err.println("note: " + remark));
        if (text.effect() != Effect.FULL) {
            text.problems().forEach(problem -> System.err.println("note: " + problem));
        }
        if (text.effect() == Effect.NONE) {
            return new Side(
                    CpuidTable.EMPTY,
                    CpuidReading.of(CpuidTable.EMPTY, CpuidTable.EMPTY, Flags.NONE, List.of(), enlightenments.all()));
        }
        CheckedHost host = CheckedHost.of(arguments);
        Verdict verdict = hypervisor.check(
                Passthrough.expanded(text.flags(), host, hypervisor, enlightenments.all()), host.facts());
        if (!verdict.starts()) {
            StringBuilder lines = new StringBuilder();
            verdict.problems().stream()
                    .filter(problem -> problem.severity() == Problem.Severity.WILL_NOT_START)
                    .forEach(problem -> lines.append(problem).append('\n'));
            throw new UsageException(lines.toString().strip());
        }
        return new Side(verdict.cpuid(), CpuidReading.of(verdict, enlightenments.all()));
    }

    private void show(CommandSession session, Side side, Arguments arguments) {
        if (arguments.option("--diff").isPresent()) {
            difference(side.reading(), ofFlags(session, "--diff", arguments).reading());
            return;
        }
        Table raw = new Table("LEAF", "EAX", "EBX", "ECX", "EDX");
        for (CpuidTable.Leaf leaf : side.leaves().leaves()) {
            raw.row(hex(leaf.leaf()), hex(leaf.eax()), hex(leaf.ebx()), hex(leaf.ecx()), hex(leaf.edx()));
        }
        raw.print(System.out);
        System.out.println();
        Table bits = new Table("WHERE", "WHAT", "VALUE", "FROM");
        for (CpuidReading.Line line : side.reading().lines()) {
            bits.row(line.bits().where(), line.bits().name(), line.value(), line.origin());
        }
        bits.print(System.out);
    }

    private static void difference(CpuidReading first, CpuidReading second) {
        List<CpuidReading.Change> changes = first.changes(second);
        if (changes.isEmpty()) {
            System.out.println("the same leaves");
            return;
        }
        Table table = new Table("WHERE", "WHAT", "FIRST", "SECOND", "FROM");
        for (CpuidReading.Change change : changes) {
            table.row(change.bits().where(), change.bits().name(), change.first(), change.second(), change.origin());
        }
        table.print(System.out);
    }

    private static String hex(int value) {
        return "0x%08x".formatted(value);
    }
}
