package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;

/** The commands as an operator types them, in a Gogo session of the framework they are shipped with. */
class CommandsTest {
    private static Gogo gogo;

    @BeforeAll
    static void start() throws Exception {
        gogo = new Gogo();
    }

    @AfterAll
    static void stop() throws Exception {
        gogo.close();
    }

    @Test
    @DisplayName("The verbs that ./hv names are those of the workspace, help, and the registered commands of scope hv")
    void registered() throws Exception {
        Set<String> expected = verbs();
        expected.add("help");
        for (String file : Shipped.WORKSPACE.resolve("cnf/verbs").toFile().list()) {
            expected.add(file);
        }
        Ended unknown =
                Ended.of(new ProcessBuilder(Shipped.WORKSPACE.resolve("hv").toString(), "fly"));
        String line = unknown.err().getFirst();
        assertEquals(
                expected,
                new TreeSet<>(
                        List.of(line.substring(line.indexOf("verbs: ") + 7).split(" "))));
    }

    static Set<String> verbs() throws Exception {
        Set<String> functions = new TreeSet<>();
        for (ServiceReference<?> found : gogo.context().getAllServiceReferences(null, "(osgi.command.scope=hv)")) {
            functions.add((String) found.getProperty("osgi.command.function"));
        }
        return functions;
    }

    @ParameterizedTest
    @MethodSource("verbs")
    @DisplayName("Every command explains itself with --help, with an example")
    void help(String verb) throws Exception {
        String help = gogo.execute("hv:" + verb + " --help");
        assertTrue(help.startsWith("usage: " + verb + " "), help);
        assertTrue(help.contains("example: ./hv " + verb), help);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hv:list|hv-vpindex",
                "hv:why vpindex|is active, from bundle hv.vpindex",
                "hv:why hv_vpindex|is active, from bundle hv.vpindex",
                "hv:check --cpu hv-relaxed|starts, with hv-relaxed",
                "hv:check --cpu hv-relaxd|did you mean hv-relaxed?",
                "hv:check hv-relaxed|starts, with hv-relaxed",
                "hv:check host,hv-stimer --host intel|hv-stimer -> hv-synic (missing) -> hv-vpindex (missing), hv-time (missing)",
                "hv:check host,hv-stimer --host intel|corrected: host,hv-stimer,hv-synic,hv-vpindex,hv-time",
                "hv:check \"-cpu host,hv-evmcs,hv-vapic\" --host amd|corrected: -cpu host,hv-vapic",
                "hv:check \"<hyperv><synic state='on'/></hyperv>\" --host amd|<vpindex state='on'/>",
                "hv:check \"args: -cpu host,hv-synic\" --host amd|corrected: args: -cpu host,hv-synic,hv-vpindex",
                "hv:check hv-time --host amd --json|\"starts\":true",
                "hv:check hv-synic --host amd --json|\"change\":\"hv-vpindex\"",
                "hv:check --profile help --host amd|windows-nested",
                "hv:check --profile minimal --host amd|starts, with hv-relaxed,hv-stimer,hv-synic,hv-time,hv-vapic,hv-vpindex",
                "hv:check --profile minimal --host amd --json|{\"syntax\":\"qemu\"",
                "hv:convert --to libvirt host,hv-time|<timer name='hypervclock' present='yes'/>",
                "hv:convert --to qemu \"<hyperv><stimer state='on'><direct state='on'/></stimer></hyperv>\"|-cpu hv-stimer,hv-stimer-direct",
                "hv:convert --to libvirt hv-enforce-cpuid|libvirt has no word for hv-enforce-cpuid=on",
                "hv:cpuid --cpu hv-vpindex|AccessVpIndex",
                "hv:cpuid --cpu hv-vpindex --diff hv-vpindex,hv-ipi|0x40000004.EAX[10]",
                "hv:cpuid --decode 0x40000003 0x60 0 0 0x8|flags: hv-vpindex",
                "hv:explain stimer|hv-synic (which requires hv-vpindex)",
                "hv:explain 0x400000b0=0x30009|SINTx = 3",
                "hv:explain \"*** STOP: 0x0000005D (0x0, 0x0, 0x0, 0x0)\"|UNSUPPORTED_PROCESSOR",
                "hv:explain Hyper-V synthetic timers \"(hv-stimer)\" requires Hyper-V clocksources \"(hv-time)\"|what to do",
                "hv:completion bash|complete -F _hv hv",
                "hv:msr read 0x40000002 --cpu hv-vpindex --smp 3 --vp 2|0x40000002 = 0x0000000000000002 (2)",
                "hv:msr read 0x40000002 --cpu hv-relaxed,hv-enforce-cpuid|0x40000002: #GP",
                "hv:msr write 0x40000002 1 --cpu hv-vpindex|0x40000002: #GP",
                "hv:msr map --cpu hv-vpindex|HV_X64_MSR_VP_INDEX",
                "hv:call map --cpu hv-spinlocks=0xfff|HvCallNotifyLongSpinWait",
                "hv:partition --cpu hv-vpindex --smp 2|VPs",
                "hv:crash|no running guest has reported a crash",
            })
    @DisplayName("Every command prints what it is asked for")
    void prints(String line, String expected) throws Exception {
        String printed = gogo.execute(line);
        assertTrue(printed.contains(expected), printed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "hv:why~why needs the name of an enlightenment; usage: why NAME",
                "hv:list twice~list does not know what to do with 'twice'; usage: list [--markdown FILE]",
                "hv:list --markdown /no/such/file~list: /no/such/file: there is no such file",
                "hv:list --markdown /dev/null~list: /dev/null has no place for the table: it begins behind a line <!-- enlightenments --> and ends at <!-- end -->",
                "hv:check~check needs FLAGS, as in check --cpu hv-stimer,hv-time; usage: check FLAGS | @FILE | - | --cpu FLAGS | --profile NAME|help [--host intel|amd|this] [--libvirt VERSION] [--qemu VERSION] [--json]",
                "hv:check --cpu hv-relaxed --host arm~--host takes intel, amd or this, not 'arm'",
                "hv:check @/no/such/file~check: @/no/such/file: there is no such file",
                "hv:check \"<html/>\"~check: this is XML but no libvirt domain: its first element is <html>, not <domain>",
                "hv:check --profile best --host amd~--profile takes one of recommended, windows, windows-nested, linux, migratable, minimal, or help, not 'best'",
                "hv:check --profile minimal --cpu hv-time~check takes --profile or --cpu, not both; usage: check FLAGS | @FILE | - | --cpu FLAGS | --profile NAME|help [--host intel|amd|this] [--libvirt VERSION] [--qemu VERSION] [--json]",
                "hv:convert hv-time~convert needs --to qemu or --to libvirt; usage: convert --to qemu|libvirt FLAGS | @FILE | - | --cpu FLAGS",
                "hv:convert hv-time --to xen~--to takes qemu or libvirt, not 'xen'",
                "hv:msr read 0x40000002~no guest is running; say which flags it would have, as in --cpu hv-vpindex",
                "hv:msr read 0x40000002 --cpu hv-vpindex --vp 1~there is no VP 1; the partition has 1",
                "hv:partition --cpu hv-vpindex --smp 0~--smp takes a number from 1 to 255, not '0'",
                "hv:save~save needs a FILE; usage: save FILE [--memory on|off] [--partition ID] [--force]",
                "hv:save f --memory some~save takes on or off for --memory, not 'some'; usage: save FILE [--memory on|off] [--partition ID] [--force]",
                "hv:restore f~no guest is running; start one with its console, as in ./hv run --console",
                "hv:tsc --frequency fast~no guest is running; start one with its console, as in ./hv run --console",
                "hv:swap~swap needs an enlightenment or a device, as time; usage: swap NAME [FILE | SYMBOLIC.NAME;VERSION] [--partition ID]",
                "hv:swap tyme~no active bundle offers hv-tyme; 'list' shows those that are",
                "hv:swap time nofile.jar~no guest is running; start one with its console, as in ./hv run --console",
                "hv:health~no guest is running; start one with its console, as in ./hv run --console",
                "hv:remove time --force~no guest is running; start one with its console, as in ./hv run --console",
                "hv:reset~no guest is running; start one with its console, as in ./hv run --console",
                "hv:add time~no guest is running; start one with its console, as in ./hv run --console",
                "hv:cpuid --decode nofile~--decode cannot read 'nofile': there is no such file",
                "hv:cpuid --decode 1 2 3~--decode: takes a file, four words of leaf 0x40000003, or a leaf and four words; not 3 words",
                "hv:explain~explain needs a name or a number, as stimer or 0x40000021; usage: explain NAME | MSR[=VALUE] | CALL | STATUS | CONTROL-WORD | P0 P1 P2 P3 P4 | TEXT | @FILE | -",
                "hv:explain stymer~nothing is known about 'stymer'",
                "hv:completion fish~completion does not know 'fish' but one of bash; usage: completion bash",
                "hv:cpuid --cpu hv-vpindx~no deployed enlightenment offers hv-vpindx; did you mean hv-vpindex?",
            })
    @DisplayName("What cannot be used is refused in one line that says what to type instead")
    void refuses(String line, String expected) {
        try {
            gogo.execute(line);
        } catch (Exception e) {
            assertEquals(expected.strip(), String.valueOf(e.getMessage()).strip());
            return;
        }
        throw new AssertionError(line + " was accepted");
    }

    @Test
    @DisplayName("why names what is stopped or missing, through everything an enlightenment requires, and what to do")
    void whyNamesObstacles() throws Exception {
        Bundle near = gogo.context().installBundle("near", MicroBundle.stream("near", "far", "vpindex"));
        Bundle far = gogo.context().installBundle("far", MicroBundle.stream("far", "nowhere"));
        try {
            assertEquals("""
                    hv-near is not active
                      hv-near is offered by bundle micro.near (%1$d), which is not resolved: start %1$d
                      it requires hv-far, which is offered by bundle micro.far (%2$d), which is not resolved: start %2$d
                      it requires hv-nowhere, which is offered by no installed bundle: install and start the one that provides hv.enlightenment=nowhere
                    """.formatted(near.getBundleId(), far.getBundleId()), gogo.execute("hv:why near"));
        } finally {
            near.uninstall();
            far.uninstall();
        }
    }
}
