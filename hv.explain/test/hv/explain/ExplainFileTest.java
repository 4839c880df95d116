package hv.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The format of explain files, as FORMAT.md describes it. */
class ExplainFileTest {
    @Test
    @DisplayName("MSRs in a row share the fields below the last, forms and values belong to what stands above them")
    void whole() throws ExplainFormatException {
        ExplainFile file = ExplainFile.parse("x", """
                # a comment
                cost   one page
                since  qemu 2.0
                avoid  never
                avoid  at night
                msr 0x40000010 HV_X64_MSR_ONE
                msr 0x40000011 HV_X64_MSR_TWO
                  form 63=1 upper
                  62:0   Value/Hz   counts
                    = 7 lucky
                  63     Form       this form
                  form 63=0 lower
                  63:0   reserved
                call 0x0008 HvCallOne
                  +0     Input      u64
                  answers 3 a reason
                """);
        assertEquals(List.of("one page"), file.costs());
        assertEquals(List.of("never", "at night"), file.avoid());
        assertEquals("2.0", file.sinceQemu());
        assertEquals("", file.sinceKvm());
        Layout layout = file.layout(0x4000_0011).orElseThrow();
        assertEquals(Map.of(0x4000_0010, "HV_X64_MSR_ONE", 0x4000_0011, "HV_X64_MSR_TWO"), layout.msrs());
        BitField value = layout.form(1L << 63 | 7).fields().get(0);
        assertEquals("7 = lucky", value.decode(1L << 63 | 7));
        assertEquals("0x3e8 = 1.00000 kHz", value.decode(1L << 63 | 1000));
        assertTrue(layout.form(0).fields().get(0).isReserved());
        assertEquals(
                List.of(new Page.Row("+0", "Input: u64")),
                file.call(8).orElseThrow().input());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "price much!x:1: expected cost, since, avoid, msr, word or call, not 'price'",
                "since tomorrow!x:1: expected since qemu VERSION, or since kvm VERSION",
                "msr 0x10!x:1: expected msr NUMBER NAME",
                "msr here NAME!x:1: expected a number as 0x40000020, not 'here'",
                "msr 0x10 NAME!x:1: expected fields below msr or word",
                "msr 0x10 NAME;  64 X!x:2: expected bits 63 to 0 and a unit page, 100ns or Hz, not '64 X'",
                "msr 0x10 NAME;  1:2 X!x:2: expected bits 63 to 0 and a unit page, 100ns or Hz, not '1:2 X'",
                "msr 0x10 NAME;  1 X/miles!x:2: expected bits 63 to 0 and a unit page, 100ns or Hz, not '1 X/miles'",
                "msr 0x10 NAME;  = 1 one!x:2: expected = NUMBER MEANING below a field",
                "cost much;  1 X!x:2: expected msr, word or call before indented lines",
                "call 0x10 NAME;  what!x:2: expected +OFFSET NAME MEANING, or answers NUMBER REASON",
            })
    @DisplayName("A line that cannot be read is named with its number and what was expected")
    void refused(String text, String expected) {
        String lines = text.replace(';', '\n');
        assertEquals(
                expected,
                assertThrows(ExplainFormatException.class, () -> ExplainFile.parse("x", lines))
                        .getMessage());
    }

    @Test
    @DisplayName("A damaged file is refused in one line or read, and never breaks anything")
    void damaged() {
        String good = "msr 0x40000010 A\n  form 63=1 f\n  63:0 V/Hz m\n   = 7 l\ncall 8 B\n  +0 I u\n  answers 3 r\n";
        Random random = new Random(7);
        for (int i = 0; i < 100_000; i++) {
            StringBuilder text = new StringBuilder(good);
            for (int edit = random.nextInt(6); edit >= 0; edit--) {
                text.setCharAt(random.nextInt(text.length()), " \n:=/0f#+".charAt(random.nextInt(9)));
            }
            try {
                ExplainFile.parse("x", text.toString());
            } catch (ExplainFormatException e) {
                assertTrue(e.getMessage().matches("x:\\d+: .*"), e.getMessage());
            }
        }
    }
}
