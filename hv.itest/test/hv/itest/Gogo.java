package hv.itest;

import hv.launcher.Container;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;

/**
 * The shipped bundles in a framework with the console's commands; the console's classes are the framework's, hence
 * reflection.
 */
final class Gogo implements AutoCloseable {
    private final Container container;

    Gogo() throws Exception {
        container = Container.open(Shipped.distribution(), true);
        container.startAll();
        container.startCommands();
    }

    BundleContext context() {
        return container.context();
    }

    /** Runs a line in a session of its own; gives what it printed. */
    String execute(String line) throws Exception {
        return execute(line, Map.of());
    }

    /** Runs a command of scope hv whose arguments are not parsed, as {@code ./hv} does; gives what it printed. */
    String command(List<String> words) throws Exception {
        Map<String, String> variables = new TreeMap<>();
        StringBuilder line = new StringBuilder("hv:").append(words.getFirst());
        for (int i = 1; i < words.size(); i++) {
            variables.put("argument" + i, words.get(i));
            line.append(" $argument").append(i);
        }
        return execute(line.toString(), variables);
    }

    private String execute(String line, Map<String, String> variables) throws Exception {
        ServiceReference<?> reference =
                context().getAllServiceReferences("org.apache.felix.service.command.CommandProcessor", null)[0];
        Object gogo = context().getService(reference);
        Class<?> processor = reference.getBundle().loadClass("org.apache.felix.service.command.CommandProcessor");
        Class<?> sessions = reference.getBundle().loadClass("org.apache.felix.service.command.CommandSession");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            Object session = processor
                    .getMethod("createSession", InputStream.class, OutputStream.class, OutputStream.class)
                    .invoke(gogo, new ByteArrayInputStream(new byte[0]), out, out);
            try {
                for (Map.Entry<String, String> variable : variables.entrySet()) {
                    sessions.getMethod("put", String.class, Object.class)
                            .invoke(session, variable.getKey(), variable.getValue());
                }
                sessions.getMethod("execute", CharSequence.class).invoke(session, line);
            } finally {
                sessions.getMethod("close").invoke(session);
            }
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
        return bytes.toString(StandardCharsets.UTF_8).replace("\r", "");
    }

    @Override
    public void close() throws IOException, BundleException {
        container.close();
    }
}
