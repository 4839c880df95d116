package hv.faults.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A program to start, and what it is started in: streams, environment, limits, a terminal. Built by one thread and used
 * once.
 *
 * <p>A shell starts it, because a shell can do all this, and becomes it, so that signals reach the program itself.
 */
public final class Command {
    private final List<String> words;
    private final List<String> before = new ArrayList<>();
    private final List<String> after = new ArrayList<>();
    private final List<String> under = new ArrayList<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private Stream input = Stream.NULL;
    private Stream output = Stream.PIPE;
    private Stream error = Stream.PIPE;
    private boolean isAtTerminal;
    private boolean isPrivate = true;

    private Command(List<String> words) {
        this.words = List.copyOf(words);
    }

    /** The program and its arguments. */
    public static Command of(List<String> words) {
        return new Command(words);
    }

    /** A shell line that is done first, {@code ulimit} for instance. */
    public Command before(String line) {
        before.add(line);
        return this;
    }

    /** A shell line that is done when the program has ended; signals then reach the shell and not the program. */
    public Command after(String line) {
        after.add(line);
        return this;
    }

    /** A program that starts this one, and its arguments; later ones are within earlier ones. */
    public Command under(String... program) {
        return under(List.of(program));
    }

    /** The same. */
    public Command under(List<String> program) {
        under.addAll(program);
        return this;
    }

    /** Sets a variable of the environment, or takes it away if {@code value} is null. */
    public Command environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** What standard input is. */
    public Command input(Stream stream) {
        input = stream;
        return this;
    }

    /** What standard output is. */
    public Command output(Stream stream) {
        output = stream;
        return this;
    }

    /** What standard error is. */
    public Command error(Stream stream) {
        error = stream;
        return this;
    }

    /** All three streams are a terminal, with a shell that has job control before it. */
    public Command atTerminal() {
        isAtTerminal = true;
        input = Stream.PIPE;
        return this;
    }

    /** With the machine's own temporary folders. */
    public Command inSharedFolders() {
        isPrivate = false;
        return this;
    }

    Stream output() {
        return output;
    }

    Stream error() {
        return error;
    }

    Stream input() {
        return input;
    }

    boolean isAtTerminal() {
        return isAtTerminal;
    }

    boolean isPrivate() {
        return isPrivate;
    }

    Map<String, String> environment() {
        return environment;
    }

    List<String> before() {
        return before;
    }

    List<String> after() {
        return after;
    }

    /** The program with whatever starts it. */
    List<String> words() {
        List<String> all = new ArrayList<>(under);
        all.addAll(words);
        return all;
    }

    String redirections() {
        return (input.redirection(0) + ' ' + output.redirection(1) + ' ' + error.redirection(2)).strip();
    }
}
