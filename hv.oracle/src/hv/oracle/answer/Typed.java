package hv.oracle.answer;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.apache.felix.service.command.CommandSession;

/**
 * A command of the console, run as a shell would and read as a person would: both streams and its status. It takes the
 * process's streams meanwhile, so one at a time.
 *
 * @param out what it printed
 * @param err what it printed on standard error, or the one line of an error
 * @param status 0 if all went well, 1 if its answer is no, 2 if it cannot use what it was given
 */
record Typed(String out, String err, int status) {
    private static final int UNUSABLE = 2;

    /** Runs it. */
    static Typed run(Consumer<CommandSession> command) {
        int[] status = new int[1];
        CommandSession session = (CommandSession) Proxy.newProxyInstance(
                Typed.class.getClassLoader(), new Class<?>[] {CommandSession.class}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "put" -> status[0] = arguments[1] instanceof Integer told ? told : status[0];
                        case "getKeyboard" -> {
                            return InputStream.nullInputStream();
                        }
                        default -> throw new UnsupportedOperationException(method.getName());
                    }
                    return null;
                });
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream ownOut = System.out;
        PrintStream ownErr = System.err;
        try {
            System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
            command.accept(session);
        } catch (IllegalArgumentException e) {
            return new Typed("", String.valueOf(e.getMessage()), UNUSABLE);
        } finally {
            System.setOut(ownOut);
            System.setErr(ownErr);
        }
        return new Typed(out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8), status[0]);
    }
}
