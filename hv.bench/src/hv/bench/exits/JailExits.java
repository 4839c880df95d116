package hv.bench.exits;

import hv.kvm.Kvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * {@code ./hv bench jail}: what an exit costs in a process inside the jail and in one outside, whose rounds alternate.
 * The jail's part of it is the filter of system calls, which KVM_RUN passes.
 */
public final class JailExits {
    private JailExits() {}

    /**
     * Runs it; without KVM or bubblewrap says so. The system property {@code hv.distribution} holds where the jail is.
     */
    public static void run(Optional<Path> json) throws Exception {
        Optional<String> unusable = Kvm.whyUnusable();
        String distribution = System.getProperty("hv.distribution");
        if (unusable.isPresent() || distribution == null) {
            System.out.println("not run: " + unusable.orElse("start it with ./hv bench jail"));
            return;
        }
        double[][] nanos;
        try (Loop inside = new ProcessLoop(jailed(Path.of(distribution).resolve("jail/jail.sh")));
                Loop outside = new ProcessLoop(new ProcessBuilder(program()))) {
            inside.roundNanos();
            nanos = Exits.measure(inside, outside);
        } catch (IOException e) {
            System.out.println("not run: " + e.getMessage());
            return;
        }
        double ratio = Exits.medianRatio(nanos[0], nanos[1]);
        double in = Exits.median(nanos[0]);
        double out = Exits.median(nanos[1]);
        System.out.printf(
                Locale.ROOT,
                "RDMSR from the guest and back: inside the jail %.1f ns, outside %.1f ns, ratio of neighbouring rounds %.3f%n",
                in,
                out,
                ratio);
        if (json.isPresent()) {
            Files.writeString(
                    json.get(),
                    String.format(
                            Locale.ROOT,
                            "{\"jail\": {\"inside_ns\": %.1f, \"outside_ns\": %.1f, \"ratio\": %.4f}}%n",
                            in,
                            out,
                            ratio));
        }
    }

    private static List<String> program() {
        return List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                LoopProgram.class.getName());
    }

    private static ProcessBuilder jailed(Path script) {
        List<String> command = new ArrayList<>(List.of("sh", script.toString(), "--jail"));
        for (String entry : System.getProperty("java.class.path").split(":")) {
            if (Files.exists(Path.of(entry))) {
                command.addAll(List.of("--jail-share", entry));
            }
        }
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("HV_LAUNCH", String.join("\n", program()));
        return builder;
    }
}
