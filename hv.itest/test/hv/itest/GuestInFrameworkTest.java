package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** A guest of somebody's own VMM in a framework that anybody could have started. */
class GuestInFrameworkTest {
    @TempDir
    Path storage;

    private final List<LogRecord> told = Collections.synchronizedList(new ArrayList<>());
    private final Logger log = Logger.getLogger("hv.partition");
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            told.add(line);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        log.addHandler(handler);
    }

    @AfterEach
    void unlisten() {
        log.removeHandler(handler);
    }

    private static void startWithGuest(PlainFelix felix) throws Exception {
        felix.startAll(1);
        try (var jar = GuestBundle.stream()) {
            felix.context().installBundle("guest", jar).start();
        }
    }

    private static Bundle named(BundleContext context, String name) {
        return Arrays.stream(context.getBundles())
                .filter(bundle -> name.equals(bundle.getSymbolicName()))
                .findFirst()
                .orElseThrow();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "it never came");
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
    }

    private List<String> severe() {
        return told.stream()
                .filter(line -> line.getLevel().intValue() >= Level.SEVERE.intValue())
                .map(LogRecord::getMessage)
                .toList();
    }

    @Test
    @DisplayName(
            "The start of a newer bundle does not wait for the swap, which is done on a thread of the central service")
    void bindIsQuick() throws Exception {
        try (PlainFelix felix = new PlainFelix(storage)) {
            startWithGuest(felix);
            BundleContext context = felix.context();
            CountDownLatch isHeld = (CountDownLatch) GuestBundle.ask(context, "hold");
            assertTrue(isHeld.await(60, TimeUnit.SECONDS));
            Object before = GuestBundle.ask(context, "changes");
            try (var jar = GuestBundle.version("hv.time", "0.1.1")) {
                context.installBundle("newer", jar).start();
            }
            assertEquals(before, GuestBundle.ask(context, "changes"), "a VP is not at its safe point yet");
            GuestBundle.ask(context, "release");
            assertEquals(true, GuestBundle.ask(context, "settle"));
            String last = (String) GuestBundle.ask(context, "last");
            assertTrue(last.contains("to=hv.time 0.1.1, succeeded=true"), last);
        }
    }

    @Test
    @DisplayName(
            "A framework that stops ends the waiting of a VP at once, whose VMM knows nothing of it, and tells of nothing severe")
    void stopEndsWaiting() throws Exception {
        long started;
        try (PlainFelix felix = new PlainFelix(storage)) {
            startWithGuest(felix);
            BundleContext context = felix.context();
            await(() -> asked(context, "reads") > 0);
            GuestBundle.ask(context, "patient");
            named(context, "hv.time").stop();
            await(() -> asked(context, "waiting") == 1);
            assertEquals(0, asked(context, "faults"));
            started = System.nanoTime();
        }
        long seconds = (System.nanoTime() - started) / 1_000_000_000;
        assertTrue(seconds < 55, "it was waited for " + seconds + " s");
        assertEquals(List.of(), severe());
    }

    @Test
    @DisplayName("While a framework stops, a guest keeps what it has until its VMM is stopped: it sees no fault")
    void nothingLeavesAtTheEnd() throws Exception {
        try (PlainFelix felix = new PlainFelix(storage)) {
            startWithGuest(felix);
            BundleContext context = felix.context();
            await(() -> asked(context, "reads") > 0);
        }
        assertEquals(
                List.of(),
                told.stream()
                        .filter(line -> line.getLevel().intValue() >= Level.WARNING.intValue())
                        .map(LogRecord::getMessage)
                        .toList());
    }

    private static long asked(BundleContext context, String question) {
        try {
            return ((Number) GuestBundle.ask(context, question)).longValue();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @DisplayName("ConfigurationAdmin sets deadlines; a bad value is told in one line, and what was there before stays")
    void configuration() throws Exception {
        try (PlainFelix felix = new PlainFelix(storage, configurationAdmin())) {
            felix.startAll(1);
            BundleContext context = felix.context();
            configure(context, "successorDeadlineMillis", 0L, "stoppedLimitMillis", "soon", "buildLimitMillis", 5);
            await(() -> warnings().size() >= 2);
            assertEquals(
                    List.of(
                            "hv.partition: stoppedLimitMillis is a number from 100 to 60000, and what is set is none; it stays 2000",
                            "hv.partition: buildLimitMillis is a number from 100 to 600000, not 5; it stays 10000"),
                    warnings());
            try (var jar = GuestBundle.stream()) {
                context.installBundle("guest", jar).start();
            }
            await(() -> asked(context, "reads") > 0);
            named(context, "hv.time").stop();
            await(() -> asked(context, "faults") > 0);
            named(context, "hv.time").start();
            long reads = asked(context, "reads");
            await(() -> asked(context, "reads") > reads);
        }
    }

    private List<String> warnings() {
        return told.stream()
                .filter(line -> line.getLevel().equals(Level.WARNING))
                .map(line -> java.text.MessageFormat.format(line.getMessage(), line.getParameters()))
                .filter(line -> line.startsWith("hv.partition: "))
                .toList();
    }

    private static Path configurationAdmin() throws Exception {
        URL place = Class.forName("org.apache.felix.cm.impl.ConfigurationManager", false, Bundle.class.getClassLoader())
                .getProtectionDomain()
                .getCodeSource()
                .getLocation();
        return Path.of(place.toURI());
    }

    /** By reflection: the administrator inside is not of the classes that tests see. */
    private static void configure(BundleContext context, Object... keysAndValues) throws Exception {
        Dictionary<String, Object> values = new Hashtable<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        ServiceReference<?> reference =
                context.getAllServiceReferences("org.osgi.service.cm.ConfigurationAdmin", null)[0];
        Object administrator = context.getService(reference);
        Class<?> type = Arrays.stream(administrator.getClass().getInterfaces())
                .filter(each -> each.getName().equals("org.osgi.service.cm.ConfigurationAdmin"))
                .findFirst()
                .orElseThrow();
        Object configuration = type.getMethod("getConfiguration", String.class, String.class)
                .invoke(administrator, "hv.partition", "?");
        Class<?> configurationType =
                type.getMethod("getConfiguration", String.class).getReturnType();
        configurationType.getMethod("update", Dictionary.class).invoke(configuration, values);
        assertFalse(values.isEmpty());
    }
}
