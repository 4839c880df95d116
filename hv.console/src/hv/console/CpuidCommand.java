package hv.console;

import hv.api.CpuidBits;
import hv.api.CpuidRegister;
import hv.api.Enlightenment;
import hv.api.host.CpuidTable;
import hv.api.host.Hypervisor;
import hv.api.host.Verdict;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** {@code hv:cpuid}: the leaves 0x40000000 and up that a guest sees, as numbers and by the names of their bits. */
@Component(
        service = CpuidCommand.class,
        property = {"osgi.command.scope=hv", "osgi.command.function=cpuid"})
public final class CpuidCommand {
    private static final Help HELP = new Help(
            "cpuid",
            "[--cpu FLAGS [--host intel|amd] | --partition ID]",
            "shows the leaves that a guest sees, raw and decoded",
            "cpuid --cpu hv-relaxed,hv-time",
            List.of("--cpu", "--host", "--partition"));

    private static final int LEAF_VENDOR = 0x4000_0000;
    private static final int LEAF_INTERFACE = 0x4000_0001;

    private final Hypervisor hypervisor;
    private final List<Enlightenment> enlightenments = new CopyOnWriteArrayList<>();

    /** For the component runtime. */
    @Activate
    public CpuidCommand(@Reference Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addEnlightenment(Enlightenment enlightenment) {
        enlightenments.add(enlightenment);
    }

    void removeEnlightenment(Enlightenment enlightenment) {
        enlightenments.remove(enlightenment);
    }

    /** The command. */
    @Descriptor("shows the CPUID leaves that a guest sees: hv:cpuid [--cpu FLAGS]")
    public void cpuid(CommandSession session, @Descriptor("--cpu FLAGS, --partition ID, --help") String... typed) {
        Arguments arguments = Arguments.of(HELP, typed);
        if (arguments.printedHelp()) {
            return;
        }
        arguments.words();
        CpuidTable table = table(arguments);
        if (table.leaves().isEmpty()) {
            System.out.println("Hyper-V is not announced: no flag that announces it is on");
            ShellDoor.status(session, 1);
            return;
        }
        Table rows = new Table("LEAF", "EAX", "EBX", "ECX", "EDX");
        for (CpuidTable.Leaf leaf : table.leaves()) {
            rows.row(hex(leaf.leaf()), hex(leaf.eax()), hex(leaf.ebx()), hex(leaf.ecx()), hex(leaf.edx()));
        }
        rows.print(System.out);
        System.out.println();
        decode(table);
    }

    private CpuidTable table(Arguments arguments) {
        if (arguments.option("--cpu").isEmpty()) {
            try (Guests guests = Guests.of(hypervisor, arguments)) {
                return guests.partition().cpuid();
            }
        }
        Verdict verdict = hypervisor.check(arguments.option("--cpu").get(), CheckCommand.host(arguments));
        if (!verdict.starts()) {
            StringBuilder lines = new StringBuilder();
            verdict.problems().stream()
                    .filter(problem -> problem.severity() == hv.api.Problem.Severity.WILL_NOT_START)
                    .forEach(problem -> lines.append(problem).append('\n'));
            throw new UsageException(lines.toString().strip());
        }
        return verdict.cpuid();
    }

    private void decode(CpuidTable table) {
        Table rows = new Table("WHERE", "WHAT", "VALUE");
        String vendor = text(
                table.get(LEAF_VENDOR, CpuidRegister.EBX),
                table.get(LEAF_VENDOR, CpuidRegister.ECX),
                table.get(LEAF_VENDOR, CpuidRegister.EDX));
        rows.row("0x40000000.EBX,ECX,EDX", "vendor", '"' + vendor + '"');
        rows.row("0x40000001.EAX", "interface", '"' + text(table.get(LEAF_INTERFACE, CpuidRegister.EAX)) + '"');
        enlightenments.stream()
                .flatMap(enlightenment -> enlightenment.descriptor().cpuid().stream())
                .sorted(java.util.Comparator.comparingInt(CpuidBits::leaf)
                        .thenComparing(CpuidBits::register)
                        .thenComparingInt(CpuidBits::mask))
                .filter(bits -> (table.get(bits.leaf(), bits.register()) & bits.mask()) != 0)
                .forEach(bits -> rows.row(bits.where(), bits.name(), value(table, bits)));
        rows.print(System.out);
    }

    private static String value(CpuidTable table, CpuidBits bits) {
        int value = table.get(bits.leaf(), bits.register()) & bits.mask();
        return Integer.bitCount(bits.mask()) == 1 ? "1" : hex(value);
    }

    private static String text(int... registers) {
        ByteBuffer bytes = ByteBuffer.allocate(registers.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int register : registers) {
            bytes.putInt(register);
        }
        return new String(bytes.array(), StandardCharsets.ISO_8859_1).replaceAll("[^ -~]", ".");
    }

    private static String hex(int value) {
        return "0x%08x".formatted(value);
    }
}
