package hv.flags;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.Flags;
import hv.api.Flags.Sign;
import hv.api.Flags.Word;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The grammar of flags")
class FlagGrammarTest {
    private static final long SEED = 20_261_130L;

    @Test
    @DisplayName("A word is a sign, a name and a value, each as it was written; empty words are left out")
    void words() {
        assertEquals(
                List.of(
                        Word.on("host"),
                        new Word(Sign.PLUS, "hv_time", Optional.empty()),
                        new Word(Sign.MINUS, "pcid", Optional.empty()),
                        Word.of("hv-vendor-id", "a=b c"),
                        Word.of("hv-spinlocks", "")),
                FlagGrammar.read(" host ,,+hv_time,-pcid,hv-vendor-id=a=b c,hv-spinlocks=,")
                        .words());
        assertEquals(Flags.NONE, FlagGrammar.read(""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hv-x", "hv_x", "hv-x=on", "hv-x=yes", "hv-x=true", "hv-x=y", "+hv-x", "+hv-x,hv-x=off"})
    @DisplayName("QEMU qapi_bool_parse: a word alone, with on, yes, true or y, or with a plus is on")
    void on(String text) {
        assertTrue(FlagGrammar.read(text).isOn("hv-x"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hv-x=off",
                "hv_x=no",
                "hv-x=false",
                "hv-x=n",
                "-hv-x",
                "-hv-x,+hv-x",
                "hv-x,hv-x=no",
                "-hv_x,hv-x"
            })
    @DisplayName("QEMU qapi_bool_parse: a word with off, no, false or n, or with a minus is off")
    void off(String text) {
        Flags flags = FlagGrammar.read(text);
        assertFalse(flags.isOn("hv-x"));
        assertTrue(flags.find("hv-x").orElseThrow().isOff());
    }

    @ParameterizedTest
    @ValueSource(strings = {"hv-x=ON", "hv-x=1", "hv-x=", "hv-x=perhaps"})
    @DisplayName("QEMU qapi_bool_parse: every other value is neither on nor off")
    void neither(String text) {
        Word word = FlagGrammar.read(text).words().get(0);
        assertFalse(word.isOn() || word.isOff());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a,b=1,a=2,c|b=1,a=2,c",
                "+a,a=1,b|+a,b",
                "-a,+a,a|-a",
                "+a,-a,+a|-a",
                "a_b=1,a-b=2|a-b=2",
                "+a,+a,b,+a|b,+a",
            })
    @DisplayName("QEMU x86_cpu_parse_featurestr: of words with one name a minus wins, then a plus, then the last word")
    void inEffect(String text, String counting) {
        assertEquals(counting, new Flags(FlagGrammar.read(text).inEffect()).toString());
    }

    @Test
    @DisplayName("What is added later is later, so that it wins over what was there")
    void with() {
        Flags flags = FlagGrammar.read("host,hv-enforce-cpuid=no").with(Flags.ENFORCE_CPUID);
        assertEquals("host,hv-enforce-cpuid=no,hv-enforce-cpuid", flags.toString());
        assertTrue(flags.isOn("hv-enforce-cpuid"));
        assertFalse(
                FlagGrammar.read("-hv-enforce-cpuid").with(Flags.ENFORCE_CPUID).isOn("hv-enforce-cpuid"));
    }

    @Test
    @DisplayName("Any text is an argument, and what is printed is read as the same flags")
    void anyText() {
        Random random = new Random(SEED);
        String alphabet = "hv-_=,+ x1\u00e9\n\t\"";
        for (int i = 0; i < 100_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(40); n > 0; n--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            Flags flags = FlagGrammar.read(text.toString());
            assertEquals(flags, FlagGrammar.read(flags.toString()), text::toString);
        }
    }
}
