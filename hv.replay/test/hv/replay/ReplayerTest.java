package hv.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The replay finds what differs, and nothing else. */
class ReplayerTest {
    private static final String HEADER =
            "{'format':'hv-vectors/1','cpu':'hv-small','vps':2,'memory':'0x10000','about':'a test'}";
    private static final String IDENTIFY = "{'vp':0,'op':'wrmsr','msr':'0x40000000','value':'0x1','result':'ok'}";

    @TempDir
    private Path folder;

    private Path file(List<String> lines) throws IOException {
        return Files.write(
                folder.resolve("test.jsonl"),
                lines.stream().map(line -> line.replace('\'', '"')).toList());
    }

    private FileReport replay(boolean keepGoing, List<String> operations) throws IOException, VectorFormatException {
        List<String> lines = new ArrayList<>(List.of(HEADER));
        lines.addAll(operations);
        return new Replayer(SmallPartition.hypervisor(), Backend.HOSTED).replay(file(lines), keepGoing);
    }

    private void assertSame(String... operations) throws IOException, VectorFormatException {
        FileReport report = replay(true, List.of(operations));
        assertTrue(report.passed(), report::text);
        assertEquals(operations.length, report.operations());
    }

    private Difference onlyDifference(String... operations) throws IOException, VectorFormatException {
        FileReport report = replay(true, List.of(operations));
        assertFalse(report.passed());
        assertEquals(1, report.differences(), report::text);
        assertEquals(operations.length + 1, report.first().getFirst().line(), "the last line differs");
        return report.first().getFirst();
    }

    @Test
    @DisplayName("an MSR that reads, writes and faults as recorded is the same")
    void msrsAreCompared() throws Exception {
        assertSame(
                "{'vp':0,'op':'wrmsr','msr':'0x40000100','value':'0xffffffffffffffff','result':'ok'}",
                "{'vp':0,'op':'rdmsr','msr':'0x40000100','value':'0xffffffffffffffff','result':'ok'}",
                "{'vp':1,'op':'rdmsr','msr':'0x40000100','value':'0x0','result':'ok'}",
                "{'vp':1,'op':'rdmsr','msr':'0x40000100','value':'*','result':'ok'}",
                "{'vp':0,'op':'rdmsr','msr':'0x400001ff','result':'gp'}",
                "{'vp':0,'op':'wrmsr','msr':'0xffffffff','value':'0x0','result':'gp'}",
                "{'op':'sleep','ms':1}");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "{'vp':0,'op':'rdmsr','msr':'0x40000100','value':'0x1','result':'ok'} | 0x1 | 0x0",
                "{'vp':0,'op':'rdmsr','msr':'0x40000100','result':'gp'} | #GP | 0x0",
                "{'vp':0,'op':'rdmsr','msr':'0x40000101','value':'*','result':'ok'} | * | #GP",
                "{'vp':0,'op':'wrmsr','msr':'0x40000101','value':'0x1','result':'ok'} | ok | #GP",
                "{'vp':0,'op':'wrmsr','msr':'0x40000100','value':'0x1','result':'gp'} | #GP | ok",
                "{'vp':0,'op':'wrmsr','msr':'0x40000100','value':'0xdead','result':'ok'} | ok | ok and event [crash]",
                "{'vp':0,'op':'wrmsr','msr':'0x40000100','value':'0x1','result':'ok','event':'crash'}"
                        + " | ok and event [crash] | ok",
                "{'vp':0,'op':'hypercall','control':'0x10001','in':'0x0','out':'0x0','result':'ud'} | #UD | 0x0",
                "{'vp':0,'op':'hypercall','control':'0x10001','in':'0x0','out':'0x0','result':'ok','rax':'0x3'}"
                        + " | 0x3 | 0x0",
                "{'vp':0,'op':'hypercall','control':'0x10001','in':'0x0','out':'0x0','result':'ok','rax':'0x0',"
                        + "'via':'0x3000'} | 0x0 | no call: the code there is '00000000'",
                "{'vp':0,'op':'hypercall','control':'0x10001','in':'0x0','out':'0x0','result':'ok','rax':'0x0',"
                        + "'via':'0xfffe'} | 0x0 | no call: the code there is '0000'",
                "{'op':'peek','gpa':'0x100','bytes':'00??01'} | 00??01 | 000000",
                "{'vp':0,'op':'interrupts','counts':{'0x30':2}} | 0x30: 2 | none",
                "{'vp':0,'op':'cpuid','leaf':'0x40000001','subleaf':'0x0','eax':'0x1','ebx':'0x0','ecx':'0x0','edx':'0x0'}"
                        + " | eax 0x1 ebx 0x0 ecx 0x0 edx 0x0 | eax 0x31237648 ebx 0x0 ecx 0x0 edx 0x0"
            })
    @DisplayName("a difference shows what was recorded and what came")
    void differencesAreShown(String operation, String expected, String got) throws Exception {
        Difference difference = onlyDifference(IDENTIFY, operation);
        assertEquals(expected, difference.expected());
        assertEquals(got, difference.got());
    }

    @Test
    @DisplayName("a difference names its line, operation and topic")
    void differenceNamesItsPlace() throws Exception {
        Difference difference =
                onlyDifference("", "{'vp':1,'op':'rdmsr','msr':'0x40000080','value':'0x0','result':'ok'}");
        assertEquals(new Difference(3, "rdmsr 0x40000080 on VP 1", "0x0", "#GP", "MSRs: SynIC"), difference);
        assertTrue(difference.text().startsWith("  line 3: rdmsr 0x40000080 on VP 1\n    expected: 0x0\n"));
    }

    @Test
    @DisplayName(
            "KVM takes a call before GUEST_OS_ID for one of its own, RAX -1000; here it is #UD, and that counts as equal")
    void kvmsOwnCallIsUndefined() throws Exception {
        String call = "{'vp':0,'op':'hypercall','control':'0x10001','in':'0x0','out':'0x0','result':'ok',"
                + "'rax':'0xfffffffffffffc18'}";
        assertSame(call);
        assertEquals("0x0", onlyDifference(IDENTIFY, call).got());
    }

    @Test
    @DisplayName("a call through a page that has the code is made")
    void callsThroughThePage() throws Exception {
        assertSame(
                IDENTIFY,
                "{'vp':0,'op':'wrmsr','msr':'0x40000001','value':'0x3001','result':'ok'}",
                "{'vp':1,'op':'hypercall','control':'0x10002','in':'0x0','out':'0x0','result':'ok','rax':'0x5',"
                        + "'via':'0x3000'}");
    }

    @Test
    @DisplayName("where a newer kernel answers otherwise, its fields count")
    void newerKernelCounts() throws Exception {
        assertSame("{'vp':0,'op':'rdmsr','msr':'0x40000100','result':'gp',"
                + "'alt':{'linux-6.12':{'result':'ok','value':'0x0'}}}");
        assertSame("{'vp':0,'op':'rdmsr','msr':'0x40000100','result':'ok','value':'0x0',"
                + "'alt':{'linux-9.99':{'result':'gp'}}}");
    }

    @Test
    @DisplayName("interrupts of one vector before a window are one, and each VP has its own")
    void interruptsAreCounted() throws Exception {
        assertSame(
                "{'vp':0,'op':'wrmsr','msr':'0x40000100','value':'0x51','result':'ok'}",
                "{'vp':0,'op':'wrmsr','msr':'0x40000100','value':'0x51','result':'ok'}",
                "{'vp':0,'op':'wrmsr','msr':'0x40000100','value':'0x20','result':'ok'}",
                "{'vp':1,'op':'interrupts','counts':{}}",
                "{'vp':0,'op':'interrupts','counts':{'0x20':1,'0x51':1}}",
                "{'vp':0,'op':'interrupts','counts':{}}",
                "{'vp':0,'op':'wrmsr','msr':'0x40000100','value':'0x51','result':'ok'}",
                "{'vp':0,'op':'interrupts','eoi':'none','counts':{'0x51':'*'}}",
                "{'vp':0,'op':'wrmsr','msr':'0x40000100','value':'0x50','result':'ok'}",
                "{'vp':0,'op':'interrupts','counts':{}}");
    }

    @Test
    @DisplayName("a deadline counts from the reference time, and only a sleep reaches it")
    void deadlinesAreSleptOver() throws Exception {
        assertSame(
                "{'vp':1,'op':'wrmsr','msr':'0x400000b1','value':'ref+0x493e0','result':'ok'}",
                "{'vp':1,'op':'interrupts','counts':{}}",
                "{'op':'sleep','ms':29}",
                "{'vp':1,'op':'interrupts','counts':{}}",
                "{'op':'sleep','ms':2}",
                "{'vp':1,'op':'interrupts','counts':{'0x30':1}}");
    }

    @Test
    @DisplayName(
            "a file is left after ten differences unless it is to be replayed to its end; all are counted, ten are kept")
    void stopsAfterTen() throws Exception {
        List<String> wrong = java.util.Collections.nCopies(
                25, "{'vp':0,'op':'rdmsr','msr':'0x40000100','value':'0x1','result':'ok'}");
        FileReport stopped = replay(false, wrong);
        assertEquals(10, stopped.operations());
        assertEquals(10, stopped.differences());
        FileReport whole = replay(true, wrong);
        assertEquals(25, whole.operations());
        assertEquals(25, whole.differences());
        assertEquals(10, whole.first().size());
    }

    @Test
    @DisplayName("a guest with flags that cannot be started fails, and says why in one line")
    void refusalIsAFailure() throws Exception {
        Path file = file(List.of("{'format':'hv-vectors/1','cpu':'hv-nowhere','vps':1,'memory':'0x1000'}"));
        FileReport report = new Replayer(SmallPartition.hypervisor(), Backend.HOSTED).replay(file, false);
        assertFalse(report.passed());
        assertTrue(report.text().contains("hv-nowhere"), report.text());
        assertEquals(1, report.text().lines().count());
    }

    @Test
    @DisplayName("a guest without Hyper-V has no leaves, and every MSR faults")
    void guestWithoutHyperV() throws Exception {
        Path file = file(List.of(
                "{'format':'hv-vectors/1','cpu':'','vps':1,'memory':'0x1000'}",
                "{'vp':0,'op':'cpuid','leaf':'0x40000000','subleaf':'0x0','eax':'0x0','ebx':'0x0','ecx':'0x0','edx':'0x0'}",
                "{'vp':0,'op':'rdmsr','msr':'0x40000000','result':'gp'}"));
        FileReport report = new Replayer(SmallPartition.hypervisor(), Backend.HOSTED).replay(file, false);
        assertTrue(report.passed(), report::text);
    }
}
