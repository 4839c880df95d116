package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The commands of README.md, each typed as printed, in a folder with the files that they name. What cannot be had here
 * is skipped with the reason; what is in neither list fails, so that whoever writes a command says which it is.
 */
class ReadmeCommandsTest {
    private static final Pattern CODE = Pattern.compile("(?s)`((?:\\./)?hv [^`]+)`");

    /** Behind a command in a block of them stands what it is for. */
    private static final Pattern REMARK = Pattern.compile(" {2,}\\S.*");

    private static final String MINUTES = "takes minutes and needs the sources; it has tests of its own";
    private static final String TERMINAL = "is for somebody at a terminal";

    /** Commands that begin so are not run. */
    private static final Map<String, String> SKIPPED = Map.ofEntries(
            Map.entry("./hv test", MINUTES),
            Map.entry("./hv lab", MINUTES),
            Map.entry("./hv oracle", MINUTES),
            Map.entry("./hv fuzz", MINUTES),
            Map.entry("./hv stress", MINUTES),
            Map.entry("./hv faults", MINUTES),
            Map.entry("./hv dist", MINUTES),
            Map.entry("./hv demo", "needs the soak, which is not shipped; DemoTest runs it"),
            Map.entry("./hv run --kernel", "needs a kernel, and a KVM with hardware below"),
            Map.entry("./hv run --disk", "needs a disk with a system on it, its kernel, and a KVM with hardware below"),
            Map.entry("./hv run --jail", "leaves open what is run; JailTest has such runs"),
            Map.entry("./hv run --console", TERMINAL),
            Map.entry("./hv shell", TERMINAL));

    /** Words that stand for others. */
    private static final Map<String, String> MEANT =
            Map.of("FLAGS", "hv-relaxed", "FLAGS2", "hv-time", "NAME", "stimer");

    /** Sentences name these without what belongs behind them. */
    private static final Set<String> NAMED = Set.of("./hv cpuid");

    /** The status of a verdict is 0 or 1; what cannot be used is 2. */
    private static final Set<Integer> DONE = Set.of(0, 1);

    @TempDir
    private static Path folder;

    private static Workspace workspace;

    @BeforeAll
    static void files() throws IOException {
        workspace = Workspace.at(folder.resolve("hv"));
        Path root = workspace.root();
        Files.writeString(
                root.resolve("domain.xml"),
                "<domain type='kvm'><features><hyperv><relaxed state='on'/></hyperv></features></domain>\n");
        Files.writeString(
                root.resolve("win.log"),
                "qemu-system-x86_64: Hyper-V enlightened VMCS (hv-evmcs) is not supported by kernel\n");
        Path replay = Files.createDirectories(root.resolve("hv.replay/vectors"));
        try (DirectoryStream<Path> vectors = Files.newDirectoryStream(Shipped.WORKSPACE.resolve("hv.replay/vectors"))) {
            for (Path vector : vectors) {
                Files.copy(vector, replay.resolve(vector.getFileName()));
            }
        }
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Files.createSymbolicLink(bin.resolve("hv"), root.resolve("hv"));
        Path cpuid = Files.writeString(
                bin.resolve("cpuid"),
                "#!/bin/sh\necho '   0x40000003 0x00: eax=0x00002e7f ebx=0x00000030 ecx=0x00000000 edx=0x00000000'\n");
        Files.setPosixFilePermissions(cpuid, PosixFilePermissions.fromString("rwx------"));
    }

    /** What README has of them, in blocks and in sentences. */
    static Set<String> commands() throws IOException {
        String readme = Files.readString(Shipped.WORKSPACE.resolve("README.md"));
        Set<String> found = new LinkedHashSet<>();
        boolean isBlock = false;
        List<String> text = new ArrayList<>();
        for (String line : readme.lines().toList()) {
            if (line.startsWith("```")) {
                isBlock = !isBlock;
            } else if (!isBlock) {
                text.add(line);
            } else if (line.matches("(\\./)?hv [a-z].*|[a-z].* \\| hv .*")) {
                found.add(REMARK.matcher(line).replaceFirst(""));
            }
        }
        Matcher inText = CODE.matcher(String.join(" ", text));
        while (inText.find()) {
            found.add(inText.group(1));
        }
        return found;
    }

    private static Optional<String> skipped(String command) {
        if (NAMED.contains(command)) {
            return Optional.of("is named only");
        }
        return SKIPPED.entrySet().stream()
                .filter(entry -> command.equals(entry.getKey()) || command.startsWith(entry.getKey() + " "))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("commands")
    @DisplayName("A command of README.md, typed as printed, is understood and does what it says")
    void asPrinted(String command) throws Exception {
        assumeTrue(skipped(command).isEmpty(), () -> skipped(command).orElseThrow());
        String line = command;
        for (Map.Entry<String, String> word : MEANT.entrySet()) {
            line = line.replaceAll("(?<![A-Za-z0-9])" + word.getKey() + "(?![A-Za-z0-9])", word.getValue());
        }
        if (line.contains("--restore FILE")) {
            Ended saved = run("./hv run --backend hosted --save-at 1ms=FILE");
            assumeTrue(Files.exists(workspace.root().resolve("FILE")), saved::toString);
        }
        Ended ended = run(line);
        boolean isAfterItsEnd = line.contains("--save-at") && ended.status() == 2;
        assertTrue(DONE.contains(ended.status()) || isAfterItsEnd, () -> command + ": " + ended);
    }

    private static Ended run(String line) throws Exception {
        ProcessBuilder builder = workspace.script().command("bash", "-c", line);
        builder.environment().merge("PATH", folder.resolve("bin").toString(), (path, own) -> own + ":" + path);
        builder.directory(workspace.root().toFile());
        builder.redirectInput(workspace.root().resolve("domain.xml").toFile());
        return Ended.of(builder.start());
    }

    @Test
    @DisplayName("There is no reason to skip what README.md does not have")
    void reasonsAreNeeded() throws IOException {
        Set<String> used = new TreeSet<>();
        for (String command : commands()) {
            SKIPPED.keySet().stream()
                    .filter(begin -> command.equals(begin) || command.startsWith(begin + " "))
                    .forEach(used::add);
        }
        assertEquals(new TreeSet<>(SKIPPED.keySet()), used);
    }
}
