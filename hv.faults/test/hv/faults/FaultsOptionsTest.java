package hv.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command line of {@code ./hv faults}. */
class FaultsOptionsTest {
    private static final List<String> KNOWN = List.of("disks", "pipes");

    @Test
    @DisplayName("Without options all suites run in full with seed 1; options may be written with = or as two words")
    void reads() throws Exception {
        assertEquals(new FaultsOptions(List.of(), false, 1), FaultsOptions.parse(KNOWN));
        assertEquals(
                new FaultsOptions(List.of("pipes", "disks"), true, -7),
                FaultsOptions.parse(KNOWN, "--only=pipes,disks", "--short", "--seed", "-7"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--only fires|--only takes names of disks, pipes, not 'fires'",
                "--only|--only needs a value; write --only NAME[,NAME], --short, --seed N",
                "--seed x|--seed takes a whole number, not 'x'",
                "--long|'--long' is not an option; write --only NAME[,NAME], --short, --seed N",
            })
    @DisplayName("What cannot be used is told in one line with what to write instead")
    void refuses(String line, String message) {
        UnusableException e = assertThrows(UnusableException.class, () -> FaultsOptions.parse(KNOWN, line.split(" ")));
        assertEquals(message, e.getMessage());
    }
}
