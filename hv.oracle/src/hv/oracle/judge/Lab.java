package hv.oracle.judge;

import hv.lab.rig.HostCommand;
import hv.lab.rig.ProgramRig;
import hv.lab.rig.UnusableException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * QEMU on a KVM that has the kernel's own Hyper-V code: in a Linux whose kvm_amd runs inside QEMU's emulator. All
 * questions are put in one life of it. For one thread.
 */
public final class Lab {
    private static final int MEMORY_MIB = 1024;
    private static final Pattern STATUS = Pattern.compile("@@ status (\\d+) (\\d+)");

    /**
     * What came of a start.
     *
     * @param outcome whether QEMU took it
     * @param leaves what its guest sees, by leaf; none if it was not started
     */
    public record Started(Outcome outcome, Map<Integer, List<Integer>> leaves) {}

    private final Path cache;
    private final ProgramRig rig;
    private final HostCommand qemu;
    private final Path init;
    private final Path files;

    private Lab(Path cache, ProgramRig rig, HostCommand qemu, Path init, Path files) {
        this.cache = cache;
        this.rig = rig;
        this.qemu = qemu;
        this.init = init;
        this.files = files;
    }

    /**
     * Fetches what is not in the cache.
     *
     * @param init level 1's first process
     */
    public static Lab in(Path cache, HostCommand qemu, Path init) throws UnusableException, InterruptedException {
        try {
            return new Lab(
                    cache,
                    ProgramRig.in(cache),
                    qemu,
                    init,
                    qemu.path().resolveSibling("../share/qemu").normalize());
        } catch (IOException e) {
            throw new UnusableException("cannot build the lab in %s: %s".formatted(cache, e), e);
        }
    }

    /**
     * Starts QEMU with each argument of {@code -cpu} in turn.
     *
     * @param seconds after which no more are started
     * @return what came of those that were come to
     */
    public Map<String, Started> start(List<String> arguments, int seconds)
            throws UnusableException, InterruptedException {
        Process process = null;
        try {
            Path transcript = cache.resolve("transcript");
            process = new ProcessBuilder(command(image(arguments)))
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(transcript.toFile())
                    .start();
            process.waitFor(seconds, TimeUnit.SECONDS);
            process.destroyForcibly().waitFor();
            return read(transcript, arguments);
        } catch (IOException e) {
            throw new UnusableException("cannot run the lab: " + e, e);
        } finally {
            if (process != null) {
                process.destroyForcibly();
            }
        }
    }

    private Path image(List<String> arguments) throws UnusableException, InterruptedException, IOException {
        Map<String, byte[]> lab = new LinkedHashMap<>();
        lab.put("lines", (String.join("\n", arguments) + "\n").getBytes(StandardCharsets.UTF_8));
        lab.put("rom", LeavesRom.bytes());
        String settings = "QEMU='" + qemu.path() + "'\nFILES='" + files + "'\n";
        lab.put("settings", settings.getBytes(StandardCharsets.UTF_8));
        List<Path> needed = Stream.of("kvmvapic.bin")
                .map(files::resolve)
                .filter(Files::exists)
                .toList();
        return rig.image(init, qemu, needed, lab);
    }

    private List<String> command(Path image) throws UnusableException, IOException {
        return List.of(
                qemu.path().toString(),
                "-machine",
                "q35",
                "-accel",
                "tcg",
                "-cpu",
                "max",
                "-m",
                String.valueOf(MEMORY_MIB),
                "-nodefaults",
                "-no-user-config",
                "-no-reboot",
                "-display",
                "none",
                "-serial",
                "stdio",
                "-kernel",
                rig.kernel().toString(),
                "-initrd",
                image.toString(),
                "-append",
                "console=ttyS0 quiet panic=-1 tsc=reliable");
    }

    private static Map<String, Started> read(Path transcript, List<String> arguments) throws IOException {
        Map<String, Started> started = new LinkedHashMap<>();
        int number = 0;
        int status = 0;
        StringBuilder leaves = new StringBuilder();
        StringBuilder said = new StringBuilder();
        try (BufferedReader in = Files.newBufferedReader(transcript, StandardCharsets.ISO_8859_1)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String text = line.strip();
                Matcher begin = STATUS.matcher(text);
                if (begin.matches() || text.startsWith("@@ all ")) {
                    if (number > 0) {
                        started.put(arguments.get(number - 1), started(status, leaves.toString(), said.toString()));
                    }
                    leaves.setLength(0);
                    said.setLength(0);
                    number = begin.matches() ? Integer.parseInt(begin.group(1)) : 0;
                    status = begin.matches() ? Integer.parseInt(begin.group(2)) : 0;
                } else if (text.startsWith("@@ leaves ")) {
                    leaves.append(text.substring("@@ leaves ".length()));
                } else if (text.startsWith("@@ said ")) {
                    said.append(text.substring("@@ said ".length())).append('\n');
                }
            }
        }
        return started;
    }

    private static Started started(int status, String leaves, String said) {
        if (status != LeavesRom.STATUS) {
            return new Started(Qemu.outcome(status == 0 ? 1 : status, said), Map.of());
        }
        String digits = leaves.replaceAll("[^0-9a-f]", "");
        byte[] bytes = HexFormat.of().parseHex(digits.substring(0, digits.length() & ~1));
        return new Started(Outcome.STARTED, LeavesRom.leaves(bytes));
    }
}
