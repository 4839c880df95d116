package hv.explain;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logs come from strangers: any text ends in a page of bounded size or in one line, soon. */
class HostilePasteTest {
    private static final Handbook HANDBOOK = new Deployed().handbook();
    private static final int TEXTS = 250_000;
    private static final int MOST_SECTIONS = 100;
    private static final Duration SOON = Duration.ofSeconds(20);

    /** Pieces that mean something to some reader. */
    private static final String[] PIECES = {
        "STOP: ",
        "crash",
        "HV crash parameters: (",
        "(0x1e ",
        "0x133, ",
        "arg1",
        "'0x1'",
        "\"arg2\": 5",
        "Arg1: ",
        "BUGCHECK_CODE: ",
        "CRASH_P0",
        "= 0x",
        "kvm_hv_",
        "kvm_hv_hypercall: code 0x2 ",
        "synic_set_msr: ",
        "msr 0x40000090 ",
        "data 0x200d1 ",
        "vcpu_id 0 ",
        "kvm_msr: msr_write 400000b0 = 0x1",
        "kvm_cpuid: func 40000003 rax 1 rbx 2 rcx 3 rdx 4",
        "unhandled rdmsr: 0x4000",
        "0082",
        "failed to set MSR 0x40000021 to 0x1",
        "Hyper-V ",
        "requires ",
        "not found ",
        "hv-time",
        "0xc0350005",
        "40000003.eax[",
        "15]",
        "privilege flags low 0x1, ",
        "hints 0x4",
        "eax=0x",
        "DPC_WATCHDOG_VIOLATION ",
        "(133)",
        "\n",
        " ",
        "(",
        ")",
        "{",
        "}",
        "0x",
        "ffffffffffffffff",
        "`",
        "'",
        "\"",
        ":",
        "=",
        "-",
        "\u00e9",
        "\ud800",
        "\t",
        "e"
    };

    private static void answer(String text) {
        try {
            Page page = HANDBOOK.explainText(text);
            assertTrue(page.sections().size() <= MOST_SECTIONS, text);
        } catch (IllegalArgumentException e) {
            assertTrue(e.getMessage().matches("[ -~]{1,400}"), e.getMessage());
        }
    }

    @ParameterizedTest
    @Tag("slow")
    @ValueSource(longs = {1, 2, 3, 4})
    @DisplayName("A million texts of pieces that mean something: a page of bounded size, or one printable line")
    void texts(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < TEXTS; i++) {
            StringBuilder text = new StringBuilder("x");
            for (int n = random.nextInt(10); n >= 0; n--) {
                text.append(PIECES[random.nextInt(PIECES.length)]);
            }
            answer(text.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kvm_hv_hypercall: code 0x2 ",
                "STOP: 0x",
                "crash ",
                "arg1=",
                "A_A ",
                "A",
                "AA_",
                "0x40000003.eax",
                "unhandled ",
                "MSR ",
                "hv-",
                "Hyper-V requires ",
                "0xc0350005 ",
                "eax=",
                "4000000",
                " ",
                "\n",
                "the ",
                "(",
                "0x",
                "crash_p0",
                "P0 ",
                "a\n"
            })
    @DisplayName("64 KiB of one thing again and again, and more, are read in bounded time")
    void longest(String piece) {
        assertTimeoutPreemptively(
                SOON, () -> answer("x" + piece.repeat(Handbook.LONGEST_QUESTION / piece.length() - 1)));
        assertTimeoutPreemptively(
                SOON, () -> answer("x\n" + piece.repeat(4 * Handbook.LONGEST_QUESTION / piece.length())));
    }
}
