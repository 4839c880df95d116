package hv.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.CpuidTable.Leaf;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dumps as tools write them. */
class CpuidDumpTest {
    private static final Leaf FEATURES = new Leaf(0x4000_0003, 0x2E7F, 0x30, 0, 0x8_0D1A);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "   0x40000003 0x00: eax=0x00002e7f ebx=0x00000030 ecx=0x00000000 edx=0x00080d1a",
                "Leaf 40000003h:\r\nEAX = 00002e7fh\r\nEBX = 00000030h\r\nECX = 00000000h\r\nEDX = 00080d1ah\r\n",
                "CPUID.40000003h EAX:2E7F EBX:30 ECX:0 EDX:80D1A",
                "40000003: 00002e7f 00000030 00000000 00080d1a",
                "40000003 00000000 00002e7f 00000030 00000000 00080d1a",
                "0x40000003  0x00002e7f  0x00000030  0x00000000  0x00080d1a",
                "0x40000003.EAX=0x2e7f\n0x40000003.EBX=0x30\n0x40000003.ECX=0\n0x40000003.EDX=0x80d1a",
                "CPUID 40000003: 00002E7F-00000030-00000000-00080D1A [SL 00]",
                "------[ Logical CPU #0 ]------\nCPUID 00000001: 000906EA-00100800-7FFAFBFF-BFEBFBFF\nCPUID 40000003: 00002E7F-00000030-00000000-00080D1A",
                "| Leaf | EAX | EBX | ECX | EDX |\n|------|-----|-----|-----|-----|\n| 40000003 | 00002E7F | 00000030 | 00000000 | 00080D1A |",
                "\u2502 0x40000003 \u2502 0x2e7f \u2502 0x30 \u2502 0x0 \u2502 0x80d1a \u2502",
                "40000003,00002E7F,00000030,00000000,00080D1A",
                "leaf 0x40000003: eax 0x00002e7f ebx 0x00000030 ecx 0x00000000 edx 0x00080d1a",
                "the guest shows 0x40000003: 0x2e7f, 0x30, 0x0, 0x80d1a (with cpuid)",
                "CPUID(0x40000003,0) = { 0x2e7f, 0x30, 0x0, 0x80d1a }",
                "<cpuid eax_in='0x40000003' ecx_in='0x00' eax='0x00002e7f' ebx='0x00000030' ecx='0x00000000' edx='0x00080d1a'/>",
                "{\"function\": \"0x40000003\", \"eax\": \"0x2e7f\", \"ebx\": \"0x30\", \"ecx\": \"0x0\", \"edx\": \"0x80d1a\"}",
                "kvm_cpuid: func 40000003 idx 0 rax 2e7f rbx 30 rcx 0 rdx 80d1a, cpuid entry found",
                "Hyper-V: privilege flags low 0x2e7f, high 0x30, ext 0x0, misc 0x80d1a",
                "CPU 0:\n 0x00000001 0x00: eax=0x40000005 ebx=1 ecx=2 edx=3\n"
                        + " 0x40000003 0x00: eax=0x2e7f ebx=0x30 ecx=0 edx=0x80d1a\n"
                        + " 0x40000100 0x00: eax=0x40000101 ebx=1 ecx=2 edx=3\n",
            })
    @DisplayName(
            "The form of cpuid -r, lines of a register each and bare words give the same leaf; other leaves are passed over")
    void forms(String text) {
        assertEquals(List.of(FEATURES), CpuidDump.parse(text).leaves().leaves());
    }

    @Test
    @DisplayName("What Linux prints when it starts is some registers of leaves 0x40000003, 4, 5 and 0xa")
    void linux() throws Exception {
        CpuidDump dump = CpuidDump.read(Files.newInputStream(Path.of("test/hv/explain/cases/f02-dmesg.txt")));
        assertEquals(
                List.of(
                        new Leaf(0x4000_0003, 0x2AFF, 0x830, 0, 0x8_0D12),
                        new Leaf(0x4000_0004, 0x4E2C, 0, 0, 0),
                        new Leaf(0x4000_000A, 0x8_0101, 0, 0, 0)),
                dump.leaves().leaves());
        assertEquals(0b1011, dump.registers().get(0x4000_0003));
        assertEquals(
                List.of(new Leaf(0x4000_0003, 0x2E7F, 0, 0, 0xBE), new Leaf(0x4000_0004, 0xC2C, 0, 0, 0)),
                CpuidDump.parse("[ 0.1] Hyper-V: features 0x2e7f, hints 0xc2c, misc 0xbe")
                        .leaves()
                        .leaves());
        assertEquals(
                List.of(new Leaf(0x4000_0003, 0x2E7F, 0, 0, 0xBED7B2)),
                CpuidDump.parse(
                                "Hyper-V Version: 10.0.17763 [SP1]\n  Features=0x2e7f<VPRUNTIME,TMREFCNT>\n  PM Features=0x0 [C2]\n  Features3=0xbed7b2<DEBUG>")
                        .leaves()
                        .leaves());
    }

    @Test
    @DisplayName("Lines of the program cpuid without -r are put together bit by bit")
    void program() {
        CpuidDump dump = CpuidDump.parse("""
                   hypervisor_id (0x40000000) = "Microsoft Hv"
                   hypervisor feature identification (0x40000003/eax):
                      VP run time                      = true
                      partition reference counter      = true
                      basic synIC MSRs                 = false
                   hypervisor feature identification (0x40000003/edx):
                      hypercall XMM input parameters available = true
                   hypervisor recommendations (0x40000004/eax):
                      use MSRs to access EOI, ICR, TPR      = true
                      maximum number of spinlock retry attempts = 0xfff (4095)
                   hypervisor nested virtualization features (0x4000000a):
                      enlightened VMCS version (high)         = 0x1 (1)
                """);
        assertEquals(
                List.of(
                        new Leaf(0x4000_0000, 0, 0x7263_694D, 0x666F_736F, 0x7648_2074),
                        new Leaf(0x4000_0003, 3, 0, 0, 0x10),
                        new Leaf(0x4000_0004, 8, 0xFFF, 0, 0),
                        new Leaf(0x4000_000A, 0x100, 0, 0, 0)),
                dump.leaves().leaves());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"hello", "-cpu host,hv-time", "eax=1 ebx=2", "CPUID 00000001: 1-2-3-4", "0x40000003", "| a | b |"
            })
    @DisplayName("A text that is no dump is refused in one line that says what is read")
    void foreign(String text) {
        String message = assertThrows(IllegalArgumentException.class, () -> CpuidDump.parse(text))
                .getMessage();
        assertTrue(message.startsWith("there is no leaf from 0x40000000 to 0x400000ff in it; lines as"), message);
        assertEquals(1, message.lines().count());
    }

    @Test
    @DisplayName("A text in UTF-16, as Windows' shell writes it, is read")
    void utf16() throws IOException {
        byte[] bytes = "40000003: 2e7f 30 0 80d1a".getBytes(StandardCharsets.UTF_16);
        assertEquals(
                List.of(FEATURES),
                CpuidDump.read(new ByteArrayInputStream(bytes)).leaves().leaves());
    }

    @Test
    @DisplayName("Of several CPUs the first is taken, and it is said if they differ")
    void cpus() {
        String one = "0x40000003 0x00: eax=0x2e7f ebx=0x30 ecx=0 edx=0x80d1a\n";
        assertEquals(List.of(), CpuidDump.parse(one + one).remarks());
        CpuidDump dump = CpuidDump.parse(one + one.replace("2e7f", "2e7e"));
        assertEquals(List.of(FEATURES), dump.leaves().leaves());
        assertEquals(List.of("the CPUs in it differ; this is the first one"), dump.remarks());
    }

    @Test
    @DisplayName("Four words are those of leaf 0x40000003, five name the leaf")
    void words() {
        List<String> four = List.of("0x2e7f", "0x30", "0", "0x80d1a");
        assertEquals(List.of(FEATURES), CpuidDump.of(four).leaves().leaves());
        assertEquals(
                List.of(new Leaf(0x4000_0004, 0x2C, 0xFFF, 0, 0)),
                CpuidDump.of(List.of("0x40000004", "0x2c", "0xfff", "0", "0"))
                        .leaves()
                        .leaves());
        assertThrows(IllegalArgumentException.class, () -> CpuidDump.of(List.of("1", "2", "3")));
        assertThrows(IllegalArgumentException.class, () -> CpuidDump.of(List.of("1", "2", "3", "0x100000000")));
        assertThrows(IllegalArgumentException.class, () -> CpuidDump.of(List.of("0x40000100", "2", "3", "4", "5")));
    }

    @Test
    @DisplayName("An input without end is given up after 4 MiB")
    void endless() {
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return '4';
            }
        };
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> CpuidDump.read(endless));
        assertEquals("a dump of CPUID has at most 4 MiB", refusal.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"4", "e", "eax=", "0x4000000", "\n", " ", "0x40000003 ", "eax=1 ", ":,|"})
    @DisplayName("4 MiB of one thing again and again are read in bounded time")
    void longest(String part) {
        String text = part.repeat((CpuidDump.MAX_BYTES - 1) / part.length());
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> CpuidDump.parse(text));
        assertTrue(refusal.getMessage().startsWith("there is no leaf from"), refusal.getMessage());
    }

    @Test
    @DisplayName("Damaged dumps give leaves of the hypervisor's range or one line")
    void damaged() {
        String good =
                "0x40000003 0x00: eax=0x2e7f ebx=0x30 ecx=0 edx=0x80d1a\n40000004: 1 2 3 4\nLeaf 40000005\nEAX=1\n";
        Random random = new Random(11);
        for (int i = 0; i < 100_000; i++) {
            StringBuilder text = new StringBuilder(good);
            for (int edit = random.nextInt(12); edit >= 0; edit--) {
                text.setCharAt(
                        random.nextInt(text.length()), (char) random.nextInt(random.nextBoolean() ? 128 : 0x1_0000));
            }
            try {
                for (Leaf leaf : CpuidDump.parse(text.toString()).leaves().leaves()) {
                    assertEquals(0x4000_0000, leaf.leaf() & 0xFFFF_FF00);
                }
            } catch (IllegalArgumentException e) {
                assertTrue(e.getMessage().matches("[ -~]{1,200}"), e.getMessage());
            }
        }
    }
}
