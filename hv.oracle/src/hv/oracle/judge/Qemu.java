package hv.oracle.judge;

import hv.lab.rig.HostCommand;
import hv.lab.rig.UnusableException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * QEMU itself, started with stopped processors and told to quit at once. It has read names and values by then, and, on
 * KVM, asked the kernel for what the flags need. Any thread.
 */
public final class Qemu {
    private static final Pattern VERSION = Pattern.compile("version (\\d+\\.\\d+)");
    private static final int LIMIT_SECONDS = 60;
    private static final byte[] QUIT =
            "{\"execute\":\"qmp_capabilities\"}\n{\"execute\":\"quit\"}\n".getBytes(StandardCharsets.US_ASCII);

    private final HostCommand program;
    private final List<String> first;

    /**
     * With words that come before all others.
     *
     * @param first as where its ROMs are
     */
    public Qemu(HostCommand program, List<String> first) {
        this.program = program;
        this.first = List.copyOf(first);
    }

    /** Starts it with a processor. */
    public Outcome start(String accelerator, String cpu) throws UnusableException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program.path().toString()));
        command.addAll(first);
        command.addAll(List.of("-S", "-display", "none", "-nodefaults", "-no-user-config", "-m", "32"));
        command.addAll(List.of("-machine", "microvm", "-accel", accelerator, "-cpu", cpu, "-qmp", "stdio"));
        Process process = null;
        Path output = null;
        try {
            output = Files.createTempFile("hv-oracle", ".out");
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            tell(process);
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                return new Outcome(false, "", "did not end within %d s".formatted(LIMIT_SECONDS));
            }
            return outcome(process.exitValue(), Files.readString(output, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UnusableException("cannot run %s: %s".formatted(program.path(), e.getMessage()), e);
        } finally {
            if (process != null) {
                process.destroyForcibly();
            }
            discard(output);
        }
    }

    /** Its version, as 7.2. */
    public String version() throws UnusableException, InterruptedException {
        String said = program.run(program.path().getParent(), List.of("--version"));
        Matcher version = VERSION.matcher(said);
        if (!version.find()) {
            throw new UnusableException("%s does not tell its version".formatted(program.path()));
        }
        return version.group(1);
    }

    /** One that has ended already, because of what it was started with, listens no more. */
    private static void tell(Process process) {
        try (OutputStream in = process.getOutputStream()) {
            in.write(QUIT);
        } catch (IOException e) {
            // Its exit status tells.
        }
    }

    /**
     * What a start came to.
     *
     * @param status its exit status
     * @param printed on both streams
     */
    public static Outcome outcome(int status, String printed) {
        if (status == 0) {
            return Outcome.STARTED;
        }
        String complaint = Complaint.in(printed);
        return new Outcome(false, Complaint.subject(complaint), complaint);
    }

    private static void discard(Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // A temporary file stays, no more.
        }
    }
}
