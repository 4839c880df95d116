package hv.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.lab.rig.UnusableException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The words behind ./hv oracle")
class OracleOptionsTest {
    @Test
    @DisplayName("A short run asks less and leaves the lab out, unless that is what is wanted")
    void isShort() throws Exception {
        OracleOptions options = OracleOptions.parse("--short");
        assertTrue(options.cases() < OracleOptions.parse().cases());
        assertFalse(options.has("lab"));
        assertTrue(options.has("qemu"));
        assertTrue(OracleOptions.parse("--short", "--only", "lab").has("lab"));
    }

    @Test
    @DisplayName("An option and its value may be one word")
    void oneWord() throws Exception {
        OracleOptions options = OracleOptions.parse("--seed=7", "--cases=3", "--only=qemu,libvirt");
        assertEquals(7, options.seed());
        assertEquals(3, options.cases());
        assertFalse(options.has("kvm"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--only=xen|--only takes names of qemu, kvm, libvirt, lab, not 'xen'",
                "--cases=-1|--cases takes a number from 0 to 1000000, not '-1'",
                "--seed|--seed needs a value",
                "qemu|'qemu' is not an option",
            })
    @DisplayName("What cannot be used is told in one line")
    void refused(String word, String piece) {
        String message = assertThrows(UnusableException.class, () -> OracleOptions.parse(word))
                .getMessage();
        assertEquals(1, message.lines().count());
        assertTrue(message.contains(piece), message);
    }
}
