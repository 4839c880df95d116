package hv.faults.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A terminal for a program: {@code script} makes it, and a shell with job control is on it before and after the
 * program, as a user's is, and notes how the terminal is set.
 *
 * @param folder where the notes are
 */
public record Terminal(Path folder) {
    /** What a shell's status is for a job that SIGTSTP has stopped. */
    private static final int STOPPED = 128 + 20;

    /** Writes the shell's script; gives the command that starts it. */
    static String command(Path folder, List<String> words) throws IOException {
        Path file = folder.resolve("terminal.sh");
        String text = """
                set -m
                cd HERE
                stty rows 24 cols 80
                tty >tty
                stty -a >before
                sh -c 'echo $$ >pid.new; mv pid.new pid; cd here; exec "$@"' sh WORDS
                status=$?
                while [ $status -eq STOPPED ]; do
                    stty -a >stopped
                    fg >/dev/null 2>&1
                    status=$?
                done
                stty -a >after
                echo $status >status.new
                mv status.new status
                """.replace("HERE", Shell.quoted(folder))
                .replace("WORDS", Shell.quoted(words))
                .replace("STOPPED", String.valueOf(STOPPED));
        Files.writeString(file, text);
        return Shell.quoted(List.of("script", "-q", "-e", "-f", "-c", "sh " + Shell.quoted(file), "/dev/null"));
    }

    /** The program's process, once it runs. */
    public Optional<Long> pid() throws IOException {
        return note("pid").map(Long::parseLong);
    }

    /** The program's status, once it has ended. */
    Optional<Integer> status() throws IOException {
        return note("status").map(Integer::parseInt);
    }

    /** Empty if the terminal is set as it was before, or is gone; otherwise what is set differently. */
    public Optional<String> change() throws IOException {
        return change("after");
    }

    /** How the settings differed while the program was stopped; empty if it never was. */
    public Optional<String> changeWhileStopped() throws IOException {
        return change("stopped");
    }

    private Optional<String> change(String when) throws IOException {
        Optional<String> before = note("before");
        Optional<String> then = note(when);
        if (before.isEmpty() || then.isEmpty() || before.equals(then)) {
            return Optional.empty();
        }
        List<String> settings = new ArrayList<>(settings(then.get()));
        settings.removeAll(settings(before.get()));
        return Optional.of(String.join(", ", settings));
    }

    /** Those with a value end in a semicolon. */
    private static List<String> settings(String text) {
        List<String> settings = new ArrayList<>();
        for (String line : text.split("\n")) {
            settings.addAll(List.of(line.strip().split(line.contains(";") ? "; *" : " ")));
        }
        return settings;
    }

    private Optional<String> note(String name) throws IOException {
        Path file = folder.resolve(name);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String text = Files.readString(file, StandardCharsets.UTF_8).strip();
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }
}
