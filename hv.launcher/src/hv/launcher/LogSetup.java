package hv.launcher;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.logging.ConsoleHandler;
import java.util.logging.LogManager;

/**
 * Sets the log up as {@link LogLine}s on standard error. Made by {@code java.util.logging}, which is told of it by a
 * system property, when the first record is written: most runs write none.
 */
public final class LogSetup {
    /** For the log manager. */
    public LogSetup() throws IOException {
        String handler = ConsoleHandler.class.getName();
        String settings = "handlers=" + handler + "\n" + handler + ".formatter=" + LogLine.class.getName() + "\n";
        LogManager.getLogManager()
                .readConfiguration(new ByteArrayInputStream(settings.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** Has it called. */
    static void announce() {
        System.setProperty("java.util.logging.config.class", LogSetup.class.getName());
    }
}
