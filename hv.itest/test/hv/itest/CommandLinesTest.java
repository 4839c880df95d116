package hv.itest;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.launcher.options.RunOptions;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
@DisplayName("Whatever words stand behind ./hv, it does something or says in plain lines what is wrong")
class CommandLinesTest {
    private static final int LINES = 600;
    private static final int LINES_OF_THE_SCRIPT = 20;
    private static final int UNUSABLE = 2;
    private static final int LONGEST_LINE = 2_003;
    private static final long MOST_PROCESSOR_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final Pattern TRACE = Pattern.compile(
            "(?m)^\\s+at [\\w.$/@]+\\(.*\\)\\s*$|^Caused by: |\\b(?:[a-z]\\w*\\.)+[A-Z]\\w*(?:Exception|Error)\\b");

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    @TempDir
    private static Path folder;

    private static Gogo gogo;
    private static RandomLines lines;

    @BeforeAll
    static void start() throws Exception {
        gogo = new Gogo();
        lines = new RandomLines(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        gogo.close();
    }

    @Test
    @DisplayName("600 random command lines: each is done or refused in plain, short lines, and none takes two seconds")
    void random() {
        assertAll(IntStream.range(0, LINES).mapToObj(seed -> () -> {
            List<String> line = lines.of(new Random(seed));
            long before = THREADS.getCurrentThreadCpuTime();
            Said said = line.getFirst().equals("run") || line.getFirst().equals("shell") ? launched(line) : typed(line);
            long nanos = THREADS.getCurrentThreadCpuTime() - before;
            said.check(seed + ": " + line);
            assertTrue(nanos < MOST_PROCESSOR_NANOS, () -> "seed %d took %d ns: %s".formatted(seed, nanos, line));
        }));
    }

    /**
     * What came of a line.
     *
     * @param status exit status, as far as it says whether the line could be used
     * @param err what was refused, a line each
     * @param out what was printed
     */
    private record Said(int status, List<String> err, String out) {
        void check(String line) {
            String all = String.join("\n", err);
            assertTrue(status == 0 || status == 1 || status == UNUSABLE, () -> line + " ended with " + status);
            assertTrue(
                    (status == UNUSABLE) == !err.isEmpty(), () -> line + " ended with " + status + " and said " + err);
            assertTrue(!TRACE.matcher(all + "\n" + out).find(), () -> line + " said " + all + out);
            for (String said : err) {
                assertTrue(
                        !said.isBlank() && said.length() < LONGEST_LINE + 4,
                        () -> line + " said a line of " + said.length() + " characters");
                assertTrue(said.codePoints().noneMatch(RandomLines::isUnseen), () -> line + " said " + said);
            }
        }
    }

    /** What the launcher does by itself, without a guest: only lines that it refuses are handed to it. */
    private static Said launched(List<String> line) {
        String[] rest = line.subList(1, line.size()).toArray(String[]::new);
        if (line.getFirst().equals("run")) {
            try {
                RunOptions.parse(rest);
                return new Said(0, List.of(), "");
            } catch (IllegalArgumentException e) {
                // The program says it.
            }
        } else if (rest.length == 0 || rest.length == 2 && rest[0].equals("-c")) {
            return new Said(0, List.of(), "");
        }
        Program program = Program.run(line.toArray(String[]::new));
        assertTrue(program.err().size() == 1, () -> line + " said " + program.err());
        return new Said(program.status(), program.err(), String.join("\n", program.out()));
    }

    /** What a command of the console does; the arguments are not parsed again, as behind {@code ./hv}. */
    private static Said typed(List<String> line) throws Exception {
        try {
            return new Said(0, List.of(), gogo.command(line));
        } catch (IllegalArgumentException e) {
            return new Said(UNUSABLE, e.getMessage().lines().toList(), "");
        }
    }

    @Test
    @DisplayName("Random command lines through the script itself: status 0, 1 or 2, and plain lines")
    void script() throws Exception {
        Workspace workspace = Workspace.at(folder.resolve("workspace"));
        List<String> wrong = new ArrayList<>();
        int tried = 0;
        for (int seed = LINES; tried < LINES_OF_THE_SCRIPT; seed++) {
            List<String> line = lines.of(new Random(seed));
            if (line.stream().anyMatch(word -> word.indexOf('\0') >= 0)
                    || line.getFirst().equals("shell")) {
                continue;
            }
            tried++;
            List<String> words = new ArrayList<>(line);
            if (seed % 5 == 0) {
                words.set(0, lines.word(new Random(seed)).replace("\0", ""));
            }
            if (words.getFirst().equals("run")) {
                words.addAll(List.of("--backend", "hosted"));
            }
            Ended ended =
                    Ended.of(workspace.script(words.toArray(String[]::new)).directory(folder.toFile()));
            if (ended.status() == 0 || ended.status() == 1) {
                new Said(0, List.of(), String.join("\n", ended.err())).check(words.toString());
            } else {
                new Said(ended.status(), ended.err(), "").check(words.toString());
                ended.err().stream().filter(said -> !said.startsWith("hv: ")).forEach(wrong::add);
            }
        }
        assertTrue(wrong.isEmpty(), wrong::toString);
    }

    @Test
    @DisplayName("Names with escape sequences, line ends and thousands of characters are shown in one short plain line")
    void names() throws Exception {
        Path odd = Files.createDirectory(folder.resolve("a\u001b[2J\nhv: guest powered off"));
        String longName = "x".repeat(3_000);
        for (String[] line : List.of(
                new String[] {"run", "--smp", "\u001b[2J"},
                new String[] {"run", "--smp", longName},
                new String[] {"run", "--kernel", longName},
                new String[] {"run", "--kernel", odd.toString()},
                new String[] {"run", "--restore=" + odd},
                new String[] {"run", "--" + longName},
                new String[] {"run", "\u001b[2J"},
                new String[] {"run", "--backend", "kvm\u202e\u009b2J"},
                new String[] {"run", "--kernel", "a\0b"},
                new String[] {"shell", longName + "\u001b"})) {
            Said said = launched(List.of(line));
            said.check(String.join(" ", line));
            assertTrue(
                    said.status() == UNUSABLE && said.err().getFirst().length() < 400, () -> said.err() + " is long");
        }
        for (String[] line : List.of(
                new String[] {"why", "\u001b[2J"},
                new String[] {"why", longName},
                new String[] {"list", longName},
                new String[] {"msr", "read", longName},
                new String[] {"msr", "\u001b[2J\n"},
                new String[] {"check", "@" + odd},
                new String[] {"check", "--host", longName},
                new String[] {"check", "--" + longName + "\u001b"},
                new String[] {"cpuid", "--decode", odd.toString()},
                new String[] {"replay", odd.toString()},
                new String[] {"replay", "--backend", longName},
                new String[] {"replay", longName},
                new String[] {"explain", "\u001b" + longName})) {
            Said said = typed(List.of(line));
            said.check(String.join(" ", line));
            assertTrue(
                    said.status() == UNUSABLE
                            && said.err().size() == 1
                            && said.err().getFirst().length() < 600,
                    () -> said.toString());
        }
    }
}
