package hv.oracle.judge;

import hv.lab.rig.HostCommand;
import hv.lab.rig.UnusableException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * libvirt inside virsh, with all that it writes in a folder of ours: its embedded driver makes QEMU's command line of a
 * domain and starts nothing. No daemon is needed, and none is asked. For one thread.
 */
public final class Libvirt implements AutoCloseable {
    private static final int LIMIT_SECONDS = 60;
    private static final Pattern CPU = Pattern.compile(" -cpu ('[^']*'|[^ ]+) ");
    private static final Pattern TSC = Pattern.compile("<counter name='tsc' frequency='(\\d+)'");
    private static final String MARK = "@@ answered ";
    private static final String PROMPT = "virsh # ";
    private static final String END = "@@ end";

    private final Path folder;
    private final Process process;
    private final PrintWriter in;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private int asked;

    private Libvirt(Path folder, Process process) {
        this.folder = folder;
        this.process = process;
        in = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
        Thread.ofPlatform().daemon().name("hv-oracle-virsh").start(this::read);
    }

    /** Starts it. Its driver refuses root where libvirt's users are missing; in a name space it is somebody else. */
    public static Libvirt start(Path folder) throws UnusableException {
        List<String> command = new ArrayList<>();
        String virsh = HostCommand.require("virsh", "libvirt-clients and libvirt-daemon")
                .path()
                .toString();
        try {
            Files.createDirectories(folder.resolve("root"));
            if ("root".equals(System.getProperty("user.name"))) {
                command.add(HostCommand.require("unshare", "util-linux").path().toString());
                command.addAll(List.of("--user", "--map-user=1000", "--map-group=1000"));
            }
            command.addAll(List.of(virsh, "-q", "-c", "qemu:///embed?root=" + folder.resolve("root")));
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().put("HOME", folder.toString());
            builder.environment().put("LC_ALL", "C");
            builder.environment().keySet().removeIf(name -> name.startsWith("XDG_"));
            Libvirt libvirt = new Libvirt(folder, builder.start());
            libvirt.version();
            return libvirt;
        } catch (IOException e) {
            throw new UnusableException("cannot run virsh in %s: %s".formatted(folder, e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnusableException("interrupted", e);
        }
    }

    /** Its version, as 9.0.0. */
    public String version() throws UnusableException, InterruptedException {
        List<String> answer = ask("version --daemon");
        return answer.stream()
                .filter(line -> line.startsWith("Using library: libvirt "))
                .map(line -> line.substring("Using library: libvirt ".length()))
                .findFirst()
                .orElseThrow(() -> new UnusableException("libvirt's embedded driver does not work here: " + answer));
    }

    /** The frequency of the host's TSC, if libvirt knows it. */
    public OptionalLong tscHz() throws UnusableException, InterruptedException {
        Matcher counter = TSC.matcher(String.join("\n", ask("capabilities")));
        return counter.find() ? OptionalLong.of(Long.parseLong(counter.group(1))) : OptionalLong.empty();
    }

    /**
     * What it makes of a domain.
     *
     * @param outcome whether it takes it
     * @param cpu the argument of {@code -cpu} that it gives QEMU; empty if it gives none
     */
    public record Native(Outcome outcome, Optional<String> cpu) {}

    /** Makes QEMU's command line of a domain. */
    public Native argumentsOf(String domain) throws UnusableException, InterruptedException {
        try {
            Path file = folder.resolve("domain.xml");
            Files.writeString(file, domain);
            List<String> answer = ask("domxml-to-native qemu-argv --xml " + file);
            Optional<String> error = answer.stream()
                    .filter(line -> line.startsWith("error: "))
                    .map(line -> line.substring("error: ".length()))
                    .findFirst();
            if (error.isPresent()) {
                return new Native(new Outcome(false, "", error.get()), Optional.empty());
            }
            Matcher cpu = CPU.matcher(String.join(" ", answer) + " ");
            return new Native(
                    Outcome.STARTED,
                    cpu.results()
                            .reduce((a, b) -> b)
                            .map(found -> found.group(1).replaceAll("^'|'$", "")));
        } catch (IOException e) {
            throw new UnusableException("cannot write to %s: %s".formatted(folder, e), e);
        }
    }

    private List<String> ask(String command) throws UnusableException, InterruptedException {
        String mark = MARK + ++asked;
        in.println(command);
        // The mark is shown when its line ends, which it does with the next command.
        in.println("echo " + mark);
        in.println("echo");
        List<String> answer = new ArrayList<>();
        while (true) {
            String line = lines.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
            if (line == null || line.equals(END)) {
                throw new UnusableException("virsh ended or says nothing: " + answer);
            }
            // Not all that it prints ends with the end of a line.
            int prompt = line.indexOf(PROMPT);
            String said = prompt < 0 ? line : line.substring(0, prompt);
            if (said.equals(mark)) {
                return answer;
            }
            if (!said.isBlank()) {
                answer.add(said);
            }
        }
    }

    private void read() {
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                lines.add(line);
            }
            lines.add(END);
        } catch (IOException e) {
            lines.add(END);
        }
    }

    @Override
    public void close() {
        in.close();
        process.destroy();
    }
}
