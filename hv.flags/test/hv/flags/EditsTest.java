package hv.flags;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EditsTest {
    @ParameterizedTest
    @CsvSource({
        "hv-time, hv-time, 0",
        "hv-tiem, hv-time, 2",
        "hv-tim, hv-time, 1",
        "hv-timer, hv-time, 1",
        "hv-rime, hv-time, 1",
        "'', abc, 3",
        "kitten, sitting, 3",
        "hv-synic, hv-evmcs, 4",
        "hv, hv-enforce-cpuid, 4",
    })
    @DisplayName("Characters put in, taken out and replaced are counted, up to one more than is of interest")
    void edits(String one, String other, int expected) {
        assertEquals(expected, Edits.between(one, other, 3));
        assertEquals(expected, Edits.between(other, one, 3));
    }

    @Test
    @DisplayName("What is shown is short, in one line, and moves no cursor")
    void shown() {
        String text = Shown.of("hv-\u001b[2J\u009b\n" + "x".repeat(1_000), Shown.WORD);
        assertTrue(text.length() <= Shown.WORD + 3 && text.startsWith("hv-?[2J??xx") && text.endsWith("x..."), text);
        assertEquals("hv-time", Shown.of("hv-time", Shown.WORD));
        assertEquals("a?b?c?caf\u00e9", Shown.word("a\u202eb\u2028c\ud83dcaf\u00e9"));
        assertEquals("x".repeat(199) + "...", Shown.file("x".repeat(199) + "\ud83d\ude00"));
        assertEquals(List.of("one?", "two"), Shown.lines("one\u001b\ntwo").toList());
    }
}
