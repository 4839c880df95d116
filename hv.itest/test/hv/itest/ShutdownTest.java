package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hv.launcher.Container;
import hv.launcher.options.RunOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.osgi.framework.AllServiceListener;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;

/** The end of a run that somebody else wants. */
@Timeout(180)
class ShutdownTest {
    private static final String MACHINE = "hv.api.host.GuestMachine";

    @ParameterizedTest
    @CsvSource({"hosted, close", "kvm, close", "hosted, exit", "kvm, exit"})
    @DisplayName("The guest has ended before the first enlightenment leaves, so no VP waits for one")
    @SuppressWarnings("try") // The close is what is looked at; the second one does nothing.
    void guestFirst(String backEnd, String end) throws Exception {
        assumeTrue(
                backEnd.equals("hosted") || Files.isWritable(Path.of("/dev/kvm")),
                "there is no /dev/kvm that may be written");
        try (Container container = Container.open(Shipped.distribution(), false)) {
            container.startAll();
            BundleContext context = container.context();
            CountDownLatch runs = new CountDownLatch(1);
            context.addServiceListener((AllServiceListener) event -> runs.countDown(), "(objectClass=" + MACHINE + ")");
            List<String> lefts = new CopyOnWriteArrayList<>();
            context.addServiceListener(
                    (AllServiceListener) event -> {
                        if (event.getType() == ServiceEvent.UNREGISTERING) {
                            boolean isThere = found(context, MACHINE);
                            lefts.add(isThere ? "a guest runs" : "no guest runs");
                        }
                    },
                    "(objectClass=hv.api.enlightenment.Enlightenment)");
            CompletableFuture<Integer> status = CompletableFuture.supplyAsync(
                    () -> run(container, "--backend", backEnd, "--append", "clock=3600s"));
            assertTrue(runs.await(120, TimeUnit.SECONDS), "the guest does not start");
            if (end.equals("close")) {
                container.close();
            } else {
                // As the console's exit does.
                context.getBundle(0).stop();
            }
            assertEquals(1, status.get(120, TimeUnit.SECONDS));
            container.close();
            assertFalse(lefts.isEmpty());
            assertEquals(
                    List.of(), lefts.stream().filter("a guest runs"::equals).toList());
        }
    }

    /** Whoever's classes it is of: the framework's own would be the test's. */
    private static boolean found(BundleContext context, String name) {
        try {
            return context.getAllServiceReferences(name, null) != null;
        } catch (InvalidSyntaxException e) {
            throw new AssertionError(e);
        }
    }

    @SuppressWarnings("unchecked")
    private static int run(Container container, String... arguments) {
        return ((ToIntFunction<RunOptions>) container.verb("run").orElseThrow())
                .applyAsInt(RunOptions.parse(arguments));
    }

    @ParameterizedTest
    @CsvSource({"2, EBUSY", "2, ENOMEM", "5, EINVAL", "8, EMFILE"})
    @DisplayName("A call to KVM that fails at the start: one line says which, and the guest runs without a CPU")
    void kvmFails(int call, String error) throws Exception {
        assumeTrue(Files.isWritable(Path.of("/dev/kvm")), "there is no /dev/kvm that may be written");
        List<String> strace = List.of("strace", "-f", "-qq", "-o", "/dev/null", "-P", "/dev/kvm", "-e", "trace=ioctl");
        List<String> command = new ArrayList<>(strace);
        command.addAll(List.of("-e", "inject=ioctl:error=" + error + ":when=" + call));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-jar",
                Shipped.distribution().root().resolve("hv.jar").toString(),
                "run",
                "--cpu",
                "hv-relaxed,hv-enforce-cpuid"));
        assumeTrue(traces(), "needs strace, and to be allowed to trace");
        Ended ended = Ended.of(new ProcessBuilder(command));
        assertEquals(0, ended.status(), ended::toString);
        assertEquals(1, ended.err().size(), ended::toString);
        assertTrue(
                ended.err().getFirst().startsWith("hv: running without a CPU (back end hosted), because "),
                ended::toString);
    }

    @Test
    @DisplayName("Without the script too, signals that mean nothing here do not end a run; SIGTERM does")
    void meaninglessSignals() throws Exception {
        Process run = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-jar",
                        Shipped.distribution().root().resolve("hv.jar").toString(),
                        "run",
                        "--backend",
                        "hosted",
                        "--append",
                        "clock=3600s")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader out = run.inputReader()) {
            assertTrue(out.readLine().startsWith("hv-guest"));
            for (String signal : List.of("USR1", "ALRM", "VTALRM", "PROF", "TERM")) {
                assertTrue(run.isAlive());
                String kill = "kill -s %s %d".formatted(signal, run.pid());
                assertEquals(0, new ProcessBuilder("sh", "-c", kill).start().waitFor());
            }
            out.transferTo(Writer.nullWriter());
            assertEquals(143, run.waitFor(), "of the last one");
        } finally {
            run.destroyForcibly();
        }
    }

    private static boolean traces() throws Exception {
        try {
            return Ended.of(new ProcessBuilder("strace", "-f", "-e", "trace=none", "true"))
                            .status()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
