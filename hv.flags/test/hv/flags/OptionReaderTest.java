package hv.flags;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The words behind a verb")
class OptionReaderTest {
    private static List<String> read(String... typed) throws Exception {
        List<String> taken = new ArrayList<>();
        OptionReader.Refusals<Exception> refusals = new OptionReader.Refusals<>() {
            @Override
            public Exception unknown(String word) {
                return new Exception("unknown " + word);
            }

            @Override
            public Exception valueless(String option) {
                return new Exception("valueless " + option);
            }
        };
        new OptionReader<>(List.of("--smp", "--cpu"), List.of("--short"), refusals)
                .read((name, text) -> taken.add(name + ":" + text), typed);
        return taken;
    }

    private static String refusal(String... typed) {
        return assertThrows(Exception.class, () -> read(typed)).getMessage();
    }

    @Test
    @DisplayName("An option's value is the next word or stands behind '=', and may itself look like an option")
    void values() throws Exception {
        assertEquals(
                List.of("--smp:2", "--cpu:a=b", "--cpu:", "--smp:--short", "--short:"),
                read("--smp", "2", "--cpu=a=b", "--cpu=", "--smp", "--short", "--short"));
    }

    @Test
    @DisplayName("Words that are neither option nor switch keep their order among the others")
    void words() throws Exception {
        assertEquals(List.of(":one", "--short:", ":-x", ":a=b", ":"), read("one", "--short", "-x", "a=b", ""));
    }

    @Test
    @DisplayName("What is not known is refused as it was typed, and so is a switch with a value")
    void unknown() {
        assertEquals("unknown --smpx=2", refusal("--smpx=2"));
        assertEquals("unknown --short=yes", refusal("--short=yes"));
        assertEquals("unknown --", refusal("--smp", "1", "--"));
    }

    @Test
    @DisplayName("An option that is the last word has no value")
    void valueless() {
        assertEquals("valueless --cpu", refusal("one", "--cpu"));
    }

    @Test
    @DisplayName("A number is a whole one within its limits")
    void numbers() {
        assertEquals(OptionalInt.of(5), OptionReader.number("5", 1, 5));
        assertEquals(OptionalInt.empty(), OptionReader.number("6", 1, 5));
        assertEquals(OptionalInt.empty(), OptionReader.number("99999999999", 1, 5));
        assertEquals(OptionalInt.empty(), OptionReader.number("", 1, 5));
    }
}
