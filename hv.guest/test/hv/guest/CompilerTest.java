package hv.guest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The language: what compiles to what, and what is said of what does not. */
class CompilerTest {
    @ParameterizedTest(name = "{0}")
    @DisplayName("an error names the file, the line and what to write")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            rdmrs r0, 1                   | there is no operation 'rdmrs'; 'rdmsr'?
            print r0                      | there is no operation 'print'; README.md lists them (when, run and let are directives)
            rdmsr 5, 1                    | a register (r0 to r15) is expected, not '5'
            rdmsr r16, 1                  | a register (r0 to r15) is expected, not 'r16'
            mov r0                        | a register or a number is missing
            mov r0, r1, r2                | 'r2' is too much
            mov r0, FOO                   | 'FOO' is neither a register nor a name given by let
            mov r0, 0x1ffffffffffffffff   | 0x1ffffffffffffffff does not fit in 64 bits
            mov r0, 12ab                  | a number is expected, not '12ab'
            cpuid r13, 1                  | four registers are needed: r12 at most
            load64 r0, r1                 | '[' is expected, not 'r1'
            load64 r0, [r1+32768]         | an offset is 0 to 32767, not 32768
            if r0 = r1 goto x             | one of == != < > <= >= is expected, not '='
            if r0 == r1 x                 | 'goto' is expected, not 'x'
            goto                          | a label is missing
            goto nowhere                  | there is no label 'nowhere'
            fail because                  | a text in quotes is expected, not 'because'
            fail "open                    | the string has no closing quote
            fail "ü"                      | strings are plain ASCII
            xmm 6, 0, 0                   | an XMM register is 0 to 5, not 6
            interrupts maybe              | 'off' or 'on' is expected, not 'maybe'
            when 0x40000003.efx 1         | 'efx' is not eax, ebx, ecx or edx
            when 0x40000003.eax 32        | a bit is 0 to 31, not 32
            when 0x40000003.eax           | a register or a number is missing
            run always                    | run each, run first or run together
            let r0 = 5                    | 'r0' has a meaning already
            mov r0, $                     | '$' means nothing here
            """)
    void errorsNameTheLine(String line, String message) {
        GuestPartException e =
                assertThrows(GuestPartException.class, () -> GuestPart.parse("demo", "# demo\n" + line + "\npass"));
        assertEquals("demo.guest:2: " + message, e.getMessage());
    }

    @ParameterizedTest
    @DisplayName("a control character in the text does not reach the terminal")
    @ValueSource(strings = {"\u001b[2J", "\u009b2J", "\u0007", "goto \u0000"})
    void controlCharactersAreNotShown(String line) {
        GuestPartException e = assertThrows(GuestPartException.class, () -> GuestPart.parse("demo", line + "\npass"));
        assertEquals(
                false, e.getMessage().chars().anyMatch(c -> Character.isISOControl(c) && c != '\n'), e.getMessage());
    }

    @Test
    @DisplayName("what a text becomes is bounded: its length, its lines, and the length of each")
    void bounded() {
        for (String text : List.of(
                "when 1.eax" + " 1".repeat(2_000_000),
                "when 1.eax" + " 1".repeat(1_000),
                "\n".repeat(30_000),
                "    pass\n".repeat(19_000) + "x".repeat(900_000))) {
            String message = assertThrows(GuestPartException.class, () -> GuestPart.parse("a", text))
                    .getMessage();
            assertTrue(message.contains(" more than "), message);
        }
    }

    @Test
    @DisplayName("all errors come in one message")
    void allErrorsAtOnce() {
        GuestPartException e = assertThrows(GuestPartException.class, () -> GuestPart.parse("demo", """
                nothing
                x:
                x:
                pass
                y:
                """));
        assertEquals("""
                demo.guest:1: there is no operation 'nothing'; README.md lists them (when, run and let are directives)
                demo.guest:3: label 'x' is there twice""", e.getMessage());
    }

    @Test
    @DisplayName("a program that could run off its end does not compile, nor one without instructions")
    void runsOffItsEnd() {
        for (String text : List.of("", "mov r0, 1", "goto x\nmov r0, 1\nx:\npass\nif r0 == 0 goto x")) {
            GuestPartException e = assertThrows(GuestPartException.class, () -> GuestPart.parse("demo", text));
            assertEquals(true, e.getMessage().endsWith("the program runs off its end: end it with pass"), text);
        }
        assertThrows(GuestPartException.class, () -> GuestPart.parse("demo", "goto x\nx:"));
    }

    @ParameterizedTest
    @DisplayName("an id that cannot be a file name or a column is refused")
    @CsvSource({"''", "a b", "../x", "abcdefghijklmnopqrstuvwxyzabcdefghijklmn"})
    void badIds(String id) {
        assertThrows(IllegalArgumentException.class, () -> GuestPart.parse(id, "pass"));
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("numbers: decimal, hex, negative, grouped, times in units of 100 ns, words")
    @CsvSource({
        "10, 10",
        "0x1F, 31",
        "-1, -1",
        "10_000, 10000",
        "0xffffffffffffffff, -1",
        "5s, 50000000",
        "100ms, 1000000",
        "20us, 200",
        "yes, 1",
        "no, 0",
        "once, 2"
    })
    void numbers(String text, long value) throws GuestPartException {
        GuestPart part = GuestPart.parse("demo", "mov r0, " + text + "\npass");
        assertEquals(value, part.instructions().getFirst().sources().getFirst().value());
    }

    static Stream<Arguments> examples() {
        return Stream.of(
                Arguments.of("rdmsr r1, 0x40000002 else x\nx: \npass", "rdmsr r1 0x40000002 else at16"),
                Arguments.of("let A = 0x10\nlet v = r7\nstore32 [v-4], A\npass", "store32 [r7-4] 0x10"),
                Arguments.of("if vp == 0 goto x\nx:\npass", "if r12 == 0x0 goto at16"),
                Arguments.of("hypercall r0, 8, scratch, shared\npass", "hypercall r0 0x8 r15 r14"),
                Arguments.of("report name, r0, text, 12\npass", "report name r0 text 0xc"),
                Arguments.of("report name, r0, hex\npass", "report name r0 hex"),
                Arguments.of("expect r0 >= r1 \"a # b\"\npass", "expect r0 >= r1 \"a # b\""));
    }

    @ParameterizedTest(name = "{1}")
    @DisplayName("names and labels are resolved")
    @MethodSource("examples")
    void resolved(String text, String listed) throws GuestPartException {
        String listing = GuestPart.parse("demo", text).listing();
        assertEquals(true, listing.lines().anyMatch(line -> line.strip().equals(listed)), listing);
    }

    static String example(Operation operation) {
        return operation
                .syntax()
                .replace("label]", "label")
                .replace("[else", "else")
                .replace("[a+N]", "[r3+8]")
                .replaceAll("\\ba\\b|\\bb\\b|\\bn\\b|\\bmsr\\b|\\bleaf\\b|\\bvector\\b|\\btime\\b", "r5")
                .replaceAll("\\bcontrol\\b|\\blow\\b", "0x10008")
                .replaceAll("\\bin\\b|\\bout\\b|\\bhigh\\b", "r6")
                .replace("xmm N", "xmm 3")
                .replace("on|off", "on")
                .replace("apic|none", "none")
                .replace("rD", "r9");
    }

    @ParameterizedTest
    @DisplayName("every operation compiles as its syntax says, and its listing compiles to the same bytes")
    @EnumSource(Operation.class)
    void everyOperation(Operation operation) throws GuestPartException {
        GuestPart part = GuestPart.parse(
                "demo", "when 0x40000003.edx 3 31\nrun together\nlabel:\n" + example(operation) + "\npass");
        assertEquals(operation, part.instructions().getFirst().operation());
        assertSameModule(part);
    }

    static Stream<Arguments> shipped() {
        return ShippedParts.files().stream().map(file -> Arguments.of(ShippedParts.read(file)));
    }

    @ParameterizedTest
    @DisplayName("every part of this workspace compiles, and its listing compiles to the same code")
    @MethodSource("shipped")
    void shippedPartsCompile(GuestPart part) throws GuestPartException {
        assertSameModule(part);
    }

    private static void assertSameModule(GuestPart part) throws GuestPartException {
        assertEquals(part.listing(), GuestPart.parse(part.id(), part.listing()).listing());
        byte[] module = Bytecode.encode(List.of(part), Set.of(part.id()));
        Bytecode.Entry entry = Bytecode.decode(module).entries().getFirst();
        assertEquals(part.listing(), entry.part().listing());
        assertEquals(part.instructions(), entry.part().instructions());
        assertArrayEquals(module, Bytecode.encode(List.of(entry.part()), Set.of(part.id())));
    }

    @Test
    @DisplayName("a program refuses two parts of one id, and an expected part that is not there")
    void programs() throws GuestPartException {
        GuestPart part = GuestPart.parse("demo", "pass");
        assertThrows(IllegalArgumentException.class, () -> GuestProgram.of(List.of(part, part), Set.of()));
        assertThrows(IllegalArgumentException.class, () -> GuestProgram.of(List.of(part), Set.of("other")));
        assertEquals(0x52_0000 + 4 * 0x1_0000, GuestProgram.memoryBytes(4));
    }
}
