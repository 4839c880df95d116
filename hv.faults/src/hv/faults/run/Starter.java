package hv.faults.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Starts programs. Any thread. */
public final class Starter {
    /** What would tell a program more than a user's plain environment does. */
    private static final List<String> UNTOLD = List.of("HV_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "NO_COLOR", "TMPDIR");

    /**
     * A program that was started in the background ignores signals, and so does what it starts, unless it is told
     * otherwise.
     */
    private static final List<String> DEFAULT_SIGNALS =
            List.of("env", "--default-signal=INT,QUIT,HUP,TERM,PIPE,TSTP,CHLD,USR1,ALRM,WINCH,TTIN,TTOU", "--");

    private final Isolation isolation;
    private final List<String> first;

    private Starter(Isolation isolation, List<String> first) {
        this.isolation = isolation;
        this.first = first;
    }

    /** Starts them so. */
    public static Starter of(Isolation isolation) throws IOException, InterruptedException {
        List<String> trial = new ArrayList<>(DEFAULT_SIGNALS);
        trial.add("true");
        // An older env knows no such option; signals then are what they are.
        return new Starter(isolation, Isolation.succeeds(trial) ? DEFAULT_SIGNALS : List.of());
    }

    /** Starts it; {@code folder} has the folders {@code here}, in which it runs, {@code shm} and {@code tmp}. */
    public Running start(Command command, Path folder) throws IOException {
        Path file = Files.createTempFile(folder, "start", ".sh");
        Files.writeString(file, String.join("\n", lines(command, folder)) + "\n");
        List<String> words = new ArrayList<>(first);
        words.addAll(command.isPrivate() ? isolation.words() : List.of());
        words.addAll(List.of("sh", file.toString()));
        ProcessBuilder builder =
                new ProcessBuilder(words).directory(folder.resolve("here").toFile());
        Marked marked = new Marked(UUID.randomUUID().toString());
        surround(builder.environment(), command, folder);
        builder.environment().put(Marked.VARIABLE, marked.mark());
        return new Running(builder.start(), marked, command, folder);
    }

    private void surround(Map<String, String> environment, Command command, Path folder) {
        UNTOLD.forEach(environment::remove);
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        command.environment().forEach((name, value) -> {
            if (value == null) {
                environment.remove(name);
            } else {
                environment.put(name, value);
            }
        });
        if (command.isPrivate()) {
            isolation.tell(environment, folder);
        }
    }

    private List<String> lines(Command command, Path folder) throws IOException {
        List<String> lines = new ArrayList<>(command.isPrivate() ? isolation.lines(folder) : List.of());
        lines.addAll(command.before());
        String program = command.isAtTerminal()
                ? Terminal.command(folder, command.words())
                : (Shell.quoted(command.words()) + " " + command.redirections()).strip();
        if (command.after().isEmpty()) {
            lines.add("exec " + program);
        } else {
            lines.add(program);
            lines.add("status=$?");
            lines.addAll(command.after());
            lines.add("exit $status");
        }
        return lines;
    }
}
