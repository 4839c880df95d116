package hv.itest.flags;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.Flags;
import hv.api.HostFacts;
import hv.api.Problem;
import hv.api.Problem.Severity;
import hv.api.Vendor;
import hv.api.host.Verdict;
import hv.flags.FlagText;
import hv.flags.TextSource;
import hv.flags.UnusableTextException;
import hv.testkit.Deployed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table in verdicts.txt: sets of flags that people write, and what is to be said of them. */
class VerdictsTest {
    private static final Path FOLDER = Path.of("test/hv/itest/flags");
    private static final Map<String, Severity> SEVERITIES = Map.of(
            "stop", Severity.WILL_NOT_START,
            "wrong", Severity.GUEST_MISBEHAVES,
            "stuck", Severity.BLOCKS_MIGRATION,
            "slow", Severity.SLOWER,
            "note", Severity.NOTE);

    private static Deployed deployed;

    @BeforeAll
    static void deploy() throws IOException {
        deployed = new Deployed();
    }

    @AfterAll
    static void close() throws IOException {
        deployed.close();
    }

    private record Expected(Severity severity, String flag, String piece) {
        static Expected of(String text) {
            String[] words = text.strip().split(" ", 3);
            return new Expected(SEVERITIES.get(words[0]), words[1].equals("-") ? "" : words[1], words[2]);
        }

        boolean matches(Problem problem) {
            return problem.severity() == severity
                    && problem.flag().equals(flag)
                    && problem.reason().contains(piece);
        }
    }

    private record Row(Vendor vendor, String text, boolean starts, List<Expected> problems) {
        static Row of(String line) {
            String[] cells = line.split("\\|", -1);
            List<Expected> expected = cells[3].isBlank()
                    ? List.of()
                    : Stream.of(cells[3].split(" ; ")).map(Expected::of).toList();
            return new Row(
                    cells[0].strip().equals("amd") ? Vendor.AMD : Vendor.INTEL,
                    cells[1].strip(),
                    cells[2].strip().equals("starts"),
                    expected);
        }

        HostFacts host() {
            return HostFacts.builder(vendor, 2_600_000_000L, 1_000_000_000L)
                    .everything()
                    .anyTscFrequency(false)
                    .build();
        }

        FlagText read() throws UnusableTextException {
            String argument =
                    text.startsWith("@") ? "@" + FOLDER.resolve("sets").resolve(text.substring(1)) : text;
            return FlagText.of(TextSource.read(argument, InputStream.nullInputStream()));
        }
    }

    static List<Row> rows() throws IOException {
        try (Stream<String> lines = Files.lines(FOLDER.resolve("verdicts.txt"))) {
            return lines.filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(Row::of)
                    .toList();
        }
    }

    @Test
    @DisplayName("The table has at least 80 sets")
    void isLarge() throws IOException {
        assertTrue(rows().size() >= 80, () -> "too few");
    }

    @ParameterizedTest
    @MethodSource("rows")
    @DisplayName("A set of flags gets the verdict of the table, every problem at once")
    void verdict(Row row) throws Exception {
        FlagText text = row.read();
        List<Problem> problems = new ArrayList<>(text.problems());
        problems.addAll(deployed.hypervisor().check(text.flags(), row.host()).problems());
        boolean starts = problems.stream().noneMatch(problem -> problem.severity() == Severity.WILL_NOT_START);
        assertEquals(row.starts(), starts, problems::toString);
        for (Expected expected : row.problems()) {
            assertEquals(1, problems.stream().filter(expected::matches).count(), () -> expected + " in " + problems);
        }
        for (Problem problem : problems) {
            boolean isExpected = row.problems().stream().anyMatch(expected -> expected.matches(problem));
            assertTrue(isExpected || problem.severity() == Severity.NOTE, problem::toString);
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    @DisplayName("The corrected flags start and leave nothing that the guest goes wrong with, and need no correction")
    void corrected(Row row) throws Exception {
        Flags corrected =
                deployed.hypervisor().check(row.read().flags(), row.host()).corrected();
        Verdict verdict = deployed.hypervisor().check(corrected, row.host());
        assertTrue(
                verdict.problems().stream()
                        .noneMatch(problem -> problem.severity().compareTo(Severity.GUEST_MISBEHAVES) <= 0),
                () -> corrected + ": " + verdict.problems());
        assertEquals(corrected, verdict.corrected());
    }

    @ParameterizedTest
    @MethodSource("rows")
    @DisplayName("Whatever is wrong and is not only to be known comes with what to write instead")
    void remedies(Row row) throws Exception {
        for (Problem problem :
                deployed.hypervisor().check(row.read().flags(), row.host()).problems()) {
            boolean isBlocked = problem.severity() == Severity.BLOCKS_MIGRATION || problem.severity() == Severity.NOTE;
            assertFalse(problem.remedy().isEmpty() && problem.change().isEmpty() && !isBlocked, problem::toString);
        }
    }
}
