package hv.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is in a file, the answer is one line that names the place. */
class MalformedFilesTest {
    private static final String HEADER = "{\"format\":\"hv-vectors/1\",\"cpu\":\"\",\"vps\":2,\"memory\":\"0x10000\"}";

    @TempDir
    private Path folder;

    private String problem(byte[] content) throws IOException {
        Path file = folder.resolve("bad.jsonl");
        Files.write(file, content);
        String message = assertThrows(VectorFormatException.class, () -> Replayer.check(file))
                .getMessage();
        assertEquals(1, message.lines().count(), message);
        assertTrue(message.startsWith(file + ":"), message);
        return message.substring(file.toString().length() + 1);
    }

    private String problem(String... lines) throws IOException {
        return problem(String.join("\n", lines).replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | \"op\" is missing",
                "[] | not a JSON object",
                "{'op':'sleep','ms':1} {} | something stands behind",
                "{'op':'sleep' | not JSON",
                "{'op':'sleep','op':'sleep','ms':1} | not JSON: Duplicate field",
                "{'op':'jump'} | \"op\" is 'jump', not one of rdmsr",
                "{'op':7} | \"op\" is not a text",
                "{'op':'sleep'} | \"ms\" is missing",
                "{'op':'sleep','ms':-1} | \"ms\" is '-1', not a number",
                "{'op':'sleep','ms':1e9} | \"ms\" is '1e9', not a number",
                "{'op':'sleep','ms':99999999} | not from 0 to 3600000",
                "{'op':'rdmsr','vp':2,'msr':'0x40000000','result':'gp'} | \"vp\" is 2, not from 0 to 1",
                "{'op':'rdmsr','vp':0,'msr':'0x140000000','result':'gp'} | \"msr\" is larger than 32 bits",
                "{'op':'rdmsr','vp':0,'msr':'40000x','result':'gp'} | \"msr\" is '40000x', not a number",
                "{'op':'rdmsr','vp':0,'msr':'0x40000000','result':'maybe'} | \"result\" is 'maybe'",
                "{'op':'rdmsr','vp':0,'msr':'0x40000000','result':'ok'} | \"value\" is missing",
                "{'op':'wrmsr','vp':0,'msr':'0x40000000','value':'ref+x','result':'ok'} | \"value\" is 'x'",
                "{'op':'wrmsr','vp':0,'msr':'0x40000000','value':'0x10000000000000000','result':'ok'} | not a number of 64",
                "{'op':'poke','gpa':'0x10000','bytes':'00'} | 1 bytes at 0x10000 are not all in the guest's memory",
                "{'op':'poke','gpa':'0xffffffffffffffff','bytes':'0000'} | are not all in the guest's memory",
                "{'op':'poke','gpa':'0x0','bytes':'??'} | must all be known",
                "{'op':'poke','gpa':'0x0','bytes':'0'} | pairs of hex digits",
                "{'op':'peek','gpa':'0x0','bytes':''} | pairs of hex digits",
                "{'op':'peek','gpa':'0xffff','bytes':'0000'} | 2 bytes at 0xffff",
                "{'op':'hypercall','vp':0,'control':'0x1','in':'0x0','out':'0x0','xmm':'0x0','result':'ud'} | not a list",
                "{'op':'hypercall','vp':0,'control':'0x1','in':'0x0','out':'0x0','xmm':['12'],'result':'ud'} | 128 bits",
                "{'op':'hypercall','vp':0,'control':'0x1','in':'0x0','out':'0x0','xmm':[1,2,3,4,5,6,7],'result':'ud'} | XMM5",
                "{'op':'interrupts','vp':0,'counts':{'0x100':1}} | not a vector from 0x0 to 0xff",
                "{'op':'interrupts','vp':0,'counts':{'0x30':'many'}} | 'many', not a number",
                "{'op':'interrupts','vp':0,'counts':7} | \"counts\" is not a text",
                "{'op':'interrupts','vp':0} | \"counts\" is missing",
                "{'op':'interrupts','vp':0,'eoi':'later','counts':{}} | \"eoi\" is 'later'",
                "{'op':'interrupts','vp':0,'eoi':'assist','counts':{}} | \"assist\" is missing",
                "{'op':'interrupts','vp':0,'eoi':'assist','assist':'0x2','counts':{}} | multiple of 4",
                "{'op':'cpuid','vp':0,'leaf':'0x40000000'} | \"eax\" is missing"
            })
    @DisplayName("a malformed line is named, with what is wrong in it")
    void malformedLine(String line, String expected) throws IOException {
        String problem = problem(HEADER, "", line);
        assertTrue(problem.startsWith("3: ") && problem.contains(expected), problem);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'op':'\\u001b[2J'}", "\u001b[2J", "\u009b2J", "{'op':'rdmsr','vp':'\\u0007'}"})
    @DisplayName("a control character in a file does not reach the terminal")
    void controlCharactersAreNotShown(String line) throws IOException {
        String problem = problem(HEADER, line);
        assertEquals(0, problem.chars().filter(Character::isISOControl).count(), problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'format':'hv-vectors/2'} | format is 'hv-vectors/2', not 'hv-vectors/1'",
                "{'format':'hv-vectors/1','memory':'0x1001','cpu':'','vps':1} | multiple of 4096",
                "{'format':'hv-vectors/1','memory':'0x1000000000','cpu':'','vps':1} | not from 1 to",
                "{'format':'hv-vectors/1','memory':'0x1000','vps':1} | \"cpu\" is missing",
                "{'format':'hv-vectors/1','memory':'0x1000','cpu':'','vps':0} | not from 1 to 4096",
                "null | not a JSON object"
            })
    @DisplayName("a malformed header is line 1")
    void malformedHeader(String header, String expected) throws IOException {
        String problem = problem(header);
        assertTrue(problem.startsWith("1: ") && problem.contains(expected), problem);
    }

    @Test
    @DisplayName("an empty file, a missing file and a folder are refused as a whole")
    void noFileAtAll() throws IOException {
        assertEquals(" it is empty", problem(new byte[0]));
        Path missing = folder.resolve("missing.jsonl");
        assertEquals(
                missing + ": there is no such file",
                assertThrows(VectorFormatException.class, () -> Replayer.check(missing))
                        .getMessage());
        assertThrows(VectorFormatException.class, () -> Replayer.check(folder));
    }

    @Test
    @DisplayName("bytes that are no UTF-8, and lines without end, are refused without being read whole")
    void noTextAtAll() throws IOException {
        assertTrue(problem(new byte[] {(byte) 0xC3, 0x28}).contains("not UTF-8"));
        assertTrue(problem(("{\"a\":\"" + "x".repeat(BoundedLines.MAX_CHARS)).getBytes(StandardCharsets.UTF_8))
                .startsWith("1: the line is longer than"));
        assertTrue(problem("[".repeat(100_000)).startsWith("1: not a JSON object"));
        assertTrue(problem(HEADER, "{'a':" + "[".repeat(100_000)).startsWith("2: not JSON"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{},", "[],", "1,", "\"\","})
    @DisplayName("values are counted, since a few characters become an object of ten times their size")
    void manyValues(String value) throws IOException {
        String many = value.repeat(BoundedLines.MAX_CHARS / 2 / value.length());
        assertEquals(
                "2: the line has more than 4096 values",
                problem(HEADER, "{'a':[" + many + "1]}").strip());
        StringBuilder names = new StringBuilder();
        for (int i = 0; i <= Fields.MAX_VALUES; i++) {
            names.append("'").append(Integer.toString(i, 36)).append("':0,");
        }
        assertEquals(
                "2: the line has more than 4096 values",
                problem(HEADER, "{" + names + "'op':'x'}").strip());
    }

    @Test
    @DisplayName("a guest that the heap is too small for is refused before any of it is there")
    void largeGuest() {
        VectorHeader largest = new VectorHeader("", VectorHeader.MAX_VPS, 256 << 20, "", "");
        MachineException refused =
                assertThrows(MachineException.class, () -> HostedMachine.requireFits(largest, 64 << 20));
        assertEquals(
                "4096 VPs and 256 MiB of memory need a heap of 536 MiB, and this program has 64: write HV_JAVA_OPTIONS=-Xmx552m in front",
                refused.getMessage());
        HostedMachine.requireFits(new VectorHeader("", 64, 1 << 20, "", ""), 64 << 20);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    @DisplayName("a file in which anything is changed is replayed or refused in one line")
    void damagedFiles(long seed) throws IOException {
        Random random = new Random(seed);
        List<Path> originals = VectorsTest.files();
        Path damaged = folder.resolve("damaged.jsonl");
        for (int i = 0; i < 100; i++) {
            byte[] bytes = Files.readAllBytes(originals.get(random.nextInt(originals.size())));
            for (int changes = random.nextInt(5); changes >= 0; changes--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(32, 127);
            }
            Files.write(damaged, bytes);
            try {
                Replayer.check(damaged);
                new Replayer(SmallPartition.hypervisor(), Backend.HOSTED).replay(damaged, false);
            } catch (VectorFormatException e) {
                assertTrue(e.getMessage().startsWith(damaged + ":"), e.getMessage());
                assertEquals(1, e.getMessage().lines().count(), e.getMessage());
            }
        }
    }
}
