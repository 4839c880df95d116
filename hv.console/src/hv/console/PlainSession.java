package hv.console;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Job;
import org.apache.felix.service.command.JobListener;

/**
 * What a command is given in place of a shell's session where no shell runs: where it reads, where it writes, and
 * variables. It runs no lines. Used by one thread for one command.
 */
final class PlainSession implements CommandSession {
    private final Map<String, Object> variables = new HashMap<>();
    private final InputStream keyboard;
    private final PrintStream console;

    PlainSession(InputStream keyboard, PrintStream console) {
        this.keyboard = keyboard;
        this.console = console;
    }

    @Override
    public InputStream getKeyboard() {
        return keyboard;
    }

    @Override
    public PrintStream getConsole() {
        return console;
    }

    @Override
    public Object get(String name) {
        return variables.get(name);
    }

    @Override
    public Object put(String name, Object value) {
        return variables.put(name, value);
    }

    @Override
    public Path currentDir() {
        return Path.of("");
    }

    @Override
    public void currentDir(Path folder) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ClassLoader classLoader() {
        return PlainSession.class.getClassLoader();
    }

    @Override
    public void classLoader(ClassLoader loader) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Object execute(CharSequence line) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CharSequence format(Object value, int level) {
        return String.valueOf(value);
    }

    @Override
    public Object convert(Class<?> type, Object value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Job> jobs() {
        return List.of();
    }

    @Override
    public Job foregroundJob() {
        return null;
    }

    @Override
    public void setJobListener(JobListener listener) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
