package hv.console;

import hv.flags.Shown;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.UndeclaredThrowableException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The second door to the commands: {@code ./hv VERB ARGS} runs {@code hv:VERB ARGS} in a Gogo session without a
 * terminal and turns its outcome into an exit status. 0 if all went well, 2 with one line on stderr for what cannot be
 * used, otherwise what the command said with {@link #status}, or 1.
 *
 * <p>Called by the launcher, on its main thread, which knows the two uses by their property {@code hv.verb}.
 */
final class ShellDoor {
    private static final String STATUS = "hv.status";
    private static final int UNUSABLE = 2;
    private static final int BROKEN = 1;

    private ShellDoor() {}

    /**
     * Called by a command whose answer is "no": what the shell sees, and a script on the console as {@code $hv.status}.
     */
    static void status(CommandSession session, int status) {
        session.put(STATUS, status);
    }

    /** What it said, or 0. */
    static int status(CommandSession session) {
        return session.get(STATUS) instanceof Integer status ? status : 0;
    }

    private static int execute(CommandProcessor gogo, String line, Map<String, String> variables) {
        // The descriptors themselves: Gogo replaces System.out, and a session on top of that would call itself without
        // end.
        InputStream in = new FileInputStream(FileDescriptor.in);
        PrintStream out = stream(FileDescriptor.out);
        PrintStream err = stream(FileDescriptor.err);
        try (CommandSession session = gogo.createSession(in, out, err)) {
            variables.forEach(session::put);
            Object result = session.execute(line);
            if (result != null) {
                out.println(session.format(result, 0));
            }
            return status(session);
        } catch (Throwable e) {
            return tell(e instanceof InvocationTargetException && e.getCause() != null ? e.getCause() : e, err);
        } finally {
            out.flush();
        }
    }

    /**
     * Says what a command means by what it has thrown. What is a bug and no answer is left to the launcher, which finds
     * words for it.
     */
    static int tell(Throwable thrown, PrintStream err) {
        boolean isAnswer = thrown instanceof IllegalArgumentException
                || thrown instanceof IllegalStateException
                || thrown instanceof Exception && !(thrown instanceof RuntimeException);
        if (isAnswer && thrown.getMessage() != null) {
            Shown.lines(thrown.getMessage()).forEach(line -> err.println("hv: " + line));
            return thrown instanceof IllegalArgumentException ? UNUSABLE : BROKEN;
        }
        if (thrown instanceof Error error) {
            throw error;
        }
        throw thrown instanceof RuntimeException bug ? bug : new UndeclaredThrowableException(thrown);
    }

    /** One of the process' own streams, in UTF-8, whatever {@code System.out} is by now. */
    static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }

    /** {@code ./hv list ...} */
    @Component(service = ToIntFunction.class, property = "hv.verb=command")
    public static final class Command implements ToIntFunction<String[]> {
        private final CommandProcessor gogo;

        /** For the component runtime. */
        @Activate
        public Command(@Reference CommandProcessor gogo) {
            this.gogo = gogo;
        }

        /** The arguments travel as variables, so Gogo never parses them. */
        @Override
        public int applyAsInt(String[] verbAndArguments) {
            Map<String, String> variables = new TreeMap<>();
            StringBuilder line = new StringBuilder("hv:").append(verbAndArguments[0]);
            for (int i = 1; i < verbAndArguments.length; i++) {
                variables.put("argument" + i, verbAndArguments[i]);
                line.append(" $argument").append(i);
            }
            return execute(gogo, line.toString(), variables);
        }
    }

    /** {@code ./hv shell -c 'COMMANDS'} */
    @Component(service = ToIntFunction.class, property = "hv.verb=script")
    public static final class Script implements ToIntFunction<String[]> {
        private final CommandProcessor gogo;

        /** For the component runtime. */
        @Activate
        public Script(@Reference CommandProcessor gogo) {
            this.gogo = gogo;
        }

        @Override
        public int applyAsInt(String[] commands) {
            return execute(gogo, commands[0], Map.of());
        }
    }
}
