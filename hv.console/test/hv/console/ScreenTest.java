package hv.console;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Output on terminals of some width, and elsewhere. */
class ScreenTest {
    private static final Screen NARROW = new Screen(40, false);

    @Test
    @DisplayName("Without a terminal, or with nonsense for its width, lines are plain and of any length")
    void plain() {
        assertEquals(Screen.PLAIN, Screen.of(null, null));
        assertEquals(Screen.PLAIN, Screen.of("", null));
        assertEquals(Screen.PLAIN, Screen.of("-5", null));
        assertEquals("x", Screen.PLAIN.paint(Screen.Style.RED, "x"));
        assertEquals("long ".repeat(100), Screen.PLAIN.wrap("long ".repeat(100), 10));
    }

    @Test
    @DisplayName("A terminal shows colours unless NO_COLOR is set to something (no-color.org)")
    void colours() {
        assertEquals(new Screen(120, true), Screen.of("120", null));
        assertEquals(new Screen(120, true), Screen.of("120", ""));
        assertEquals(new Screen(120, false), Screen.of("120", "1"));
        assertEquals("\u001b[31mx\u001b[0m", Screen.of("120", null).paint(Screen.Style.RED, "x"));
        assertEquals(1, Screen.width("\u001b[31mx\u001b[0m"));
    }

    @Test
    @DisplayName("A width that a terminal does not tell is 80; very small and very large ones are bounded")
    void widths() {
        assertEquals(80, Screen.of("0", null).columns());
        assertEquals(40, Screen.of("7", null).columns());
        assertEquals(1000, Screen.of("9999", null).columns());
    }

    @Test
    @DisplayName("Text is broken at blanks and indented; a word that is too long stays whole")
    void wraps() {
        assertEquals(
                "twenty twenty twenty twenty\n          again", NARROW.wrap("twenty twenty twenty twenty again", 10));
        assertEquals("a".repeat(50) + "\n  b", NARROW.wrap("a".repeat(50) + " b", 2));
        assertEquals("short  gap", NARROW.wrap("short  gap", 2));
    }

    @Test
    @DisplayName("A table is aligned whatever is coloured, and only its last column is broken")
    void table() {
        Table table = new Table("NAME", "TEXT")
                .row("\u001b[31mred\u001b[0m", "twenty twenty twenty twenty twenty again")
                .row("longer", "x");
        assertEquals("""
                NAME    TEXT
                \u001b[31mred\u001b[0m     twenty twenty twenty twenty
                        twenty again
                longer  x
                """, printed(table, NARROW));
        assertEquals("""
                NAME    TEXT
                \u001b[31mred\u001b[0m     twenty twenty twenty twenty twenty again
                longer  x
                """, printed(table, Screen.PLAIN));
    }

    private static String printed(Table table, Screen screen) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        table.print(new PrintStream(bytes, true, StandardCharsets.UTF_8), screen);
        return bytes.toString(StandardCharsets.UTF_8).replace("\r", "");
    }
}
