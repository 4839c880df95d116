package hv.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.CpuidTable;
import hv.api.Flags;
import hv.api.enlightenment.Enlightenment;
import hv.api.host.Hypervisor;
import hv.api.host.Verdict;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which flags made the leaves of a dump. */
class FlagGuessTest {
    private static final List<Enlightenment> ENLIGHTENMENTS = new Deployed().enlightenments();
    private static final Hypervisor HYPERVISOR = new Deployed().hypervisor();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hv-relaxed",
                "hv-spinlocks=0x1fff",
                "hv-spinlocks=0x0",
                "hv-vpindex,hv-synic,hv-time,hv-stimer,hv-stimer-direct",
                "hv-vapic,hv-avic",
                "hv-vapic,hv-evmcs,hv-emsr-bitmap,hv-tlbflush-direct",
                "hv-vpindex,hv-tlbflush",
                "hv-vpindex,hv-ipi",
                "hv-vpindex,hv-tlbflush,hv-ipi,hv-tlbflush-ext,hv-xmm-input",
                "hv-relaxed,hv-vendor-id=GenuineTest",
                "hv-relaxed,hv-vendor-id=a",
                "hv-relaxed,hv-no-nonarch-coresharing=on",
                "hv-relaxed,hv-version-id-build=0x1234,hv-version-id-major=0x6,hv-version-id-snumber=0x77",
                "hv-relaxed,x-hv-max-vps=0xf0",
                "hv-relaxed,hv-vpindex,hv-synic,hv-syndbg",
                "hv-crash,hv-frequencies,hv-reenlightenment,hv-reset,hv-runtime",
            })
    @DisplayName("The flags that made leaves are found again, and nothing is left over")
    void found(String flags) {
        Verdict verdict = HYPERVISOR.check(flags, Traces.HOST);
        CpuidDump dump = CpuidDump.parse(text(verdict.cpuid()));
        FlagGuess guess = FlagGuess.of(dump, ENLIGHTENMENTS, HYPERVISOR);
        assertEquals(
                words(verdict.flags().toString()), words(guess.verdict().flags().toString()));
        assertEquals(verdict.cpuid(), guess.verdict().cpuid());
        assertEquals(List.of(), guess.remarks());
        assertEquals(List.of(), guess.missing(dump, ENLIGHTENMENTS));
    }

    @Test
    @DisplayName(
            "Bits that QEMU never sets come from no flag, bits that are lacking are named (leaf 0x40000003 of Hyper-V itself)")
    void leftOver() {
        CpuidDump dump = CpuidDump.of(List.of("0x40000003", "0x464", "0x830", "0", "0"));
        FlagGuess guess = FlagGuess.of(dump, ENLIGHTENMENTS, HYPERVISOR);
        assertEquals(words("hv-vpindex,hv-synic"), words(guess.verdict().flags().toString()));
        CpuidReading reading = CpuidReading.of(
                dump.leaves(),
                guess.verdict().cpuid(),
                guess.verdict().flags(),
                guess.verdict().enabled(),
                ENLIGHTENMENTS);
        List<String> lines = reading.lines().stream()
                .map(line ->
                        "%s %s: %s".formatted(line.bits().where(), line.bits().name(), line.origin()))
                .toList();
        assertTrue(lines.contains("0x40000003.EAX[2] AccessSynicRegs: hv-synic"), lines::toString);
        assertTrue(lines.contains("0x40000003.EAX[5] AccessHypercallMsrs: always"), lines::toString);
        assertTrue(lines.contains("0x40000003.EAX[10] AccessGuestIdleReg: no hv flag"), lines::toString);
        assertTrue(lines.contains("0x40000003.EBX[11] Debugging: no hv flag"), lines::toString);
        assertEquals(
                List.of(
                        "0x40000003.EDX[3] physical CPU dynamic partitioning events is clear, which every set of flags sets"),
                guess.missing(dump, ENLIGHTENMENTS));
    }

    @Test
    @DisplayName("A requirement whose bits are not there is added, and it is said")
    void addsRequired() {
        FlagGuess guess = FlagGuess.of(
                CpuidDump.of(List.of("0x40000003", "0x24", "0x30", "0", "0x8")), ENLIGHTENMENTS, HYPERVISOR);
        assertEquals(words("hv-vpindex,hv-synic"), words(guess.verdict().flags().toString()));
        assertEquals(
                List.of("hv-vpindex is added because hv-synic requires it; its bits are not there"), guess.remarks());
    }

    @Test
    @DisplayName("Leaves of KVM itself are not taken for Hyper-V's")
    void notHyperV() {
        FlagGuess guess = FlagGuess.of(
                CpuidDump.parse("40000000: 40000001 4b4d564b 564b4d56 4d\n40000001: 01007afb 0 0 0"),
                ENLIGHTENMENTS,
                HYPERVISOR);
        assertEquals(Flags.NONE, guess.verdict().flags());
        assertEquals(List.of("Hyper-V is not announced: leaf 0x40000001 is not \"Hv#1\""), guess.remarks());
    }

    @Test
    @DisplayName("A difference between two sets of flags names each bit once, with the flag of the side that has it")
    void changes() {
        CpuidReading first = CpuidReading.of(HYPERVISOR.check("hv-vapic", Traces.HOST), ENLIGHTENMENTS);
        CpuidReading second = CpuidReading.of(HYPERVISOR.check("hv-vapic,hv-avic", Traces.HOST), ENLIGHTENMENTS);
        List<String> lines = first.changes(second).stream()
                .map(change -> "%s %s %s %s"
                        .formatted(change.bits().where(), change.first(), change.second(), change.origin()))
                .toList();
        assertEquals(List.of("0x40000004.EAX[3] 1 - hv-vapic", "0x40000004.EAX[9] - 1 hv-avic"), lines);
        assertEquals(List.of(), first.changes(first));
    }

    private static String text(CpuidTable table) {
        return table.leaves().stream()
                .map(leaf -> "   0x%08x 0x00: eax=0x%08x ebx=0x%08x ecx=0x%08x edx=0x%08x"
                        .formatted(leaf.leaf(), leaf.eax(), leaf.ebx(), leaf.ecx(), leaf.edx()))
                .collect(Collectors.joining("\n"));
    }

    private static TreeSet<String> words(String flags) {
        return new TreeSet<>(Arrays.asList(flags.split(",")));
    }
}
