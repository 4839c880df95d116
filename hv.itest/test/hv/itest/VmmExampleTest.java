package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** The example VMM, built with javac and jar alone, and run in the three ways that README names. */
class VmmExampleTest {
    private static final List<String> EXPECTED = List.of(
            "the guest is off",
            "vp 0: 100 ticks",
            "vp 0: VP index 0x0",
            "vp 0: type of the last message 0x80000010",
            "vp 1: 100 ticks",
            "vp 1: VP index 0x1",
            "vp 1: type of the last message 0x80000010");

    @TempDir
    Path folder;

    @Test
    @DisplayName("On the module path it runs its guest to the end")
    void modulePath() throws Exception {
        Path jar = VmmExample.build(folder);
        List<String> said =
                VmmExample.run(List.of(VmmExample.java(), "-p", VmmExample.modules() + ":" + jar, "-m", "example.vmm"));
        assertEquals(EXPECTED, said.stream().sorted().toList());
    }

    @Test
    @DisplayName("On the class path too")
    void classPath() throws Exception {
        Path jar = VmmExample.build(folder);
        List<String> said =
                VmmExample.run(List.of(VmmExample.java(), "-cp", VmmExample.modules() + ":" + jar, "example.vmm.Main"));
        assertEquals(EXPECTED, said.stream().sorted().toList());
    }

    @Test
    @DisplayName("Without one of the enlightenments it says which is missing")
    void missing() throws Exception {
        Path jar = VmmExample.build(folder);
        String modules = VmmExample.modules().replaceAll(":[^:]*hv.stimer.jar", "");
        List<String> said = VmmExample.run(List.of(VmmExample.java(), "-p", modules + ":" + jar, "-m", "example.vmm"));
        assertTrue(said.stream().anyMatch(line -> line.contains("hv-stimer")), said::toString);
    }

    @Test
    @DisplayName(
            "In a framework it waits for what its guest needs, and its guest goes on while hv.time is swapped and hv.stimer is away")
    void framework() throws Exception {
        Path jar = VmmExample.build(folder);
        PrintStream before = System.out;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        try (PlainFelix felix = new PlainFelix(folder.resolve("storage"))) {
            BundleContext context = felix.context();
            Bundle vmm = context.installBundle("reference:" + jar.toUri());
            vmm.start();
            assertEquals("", said.toString(StandardCharsets.UTF_8));
            felix.startAll(3);
            await(() -> count(said, "the guest runs") == 1);
            ticks(said);
            try (var newer = GuestBundle.version("hv.time", "0.1.1")) {
                context.installBundle("newer", newer).start();
            }
            ticks(said);
            Bundle timers = named(context, "hv.stimer");
            timers.stop();
            timers.start();
            ticks(said);
            vmm.stop();
            assertEquals(1, count(said, "the guest is gone"));
            assertEquals(0, count(said, "exception"));
        } finally {
            System.setOut(before);
        }
    }

    /** Waits until both VPs have said that they went on. */
    private static void ticks(ByteArrayOutputStream said) {
        long first = count(said, "vp 0: ") + 1;
        long second = count(said, "vp 1: ") + 1;
        await(() -> count(said, "vp 0: ") >= first && count(said, "vp 1: ") >= second);
    }

    private static long count(ByteArrayOutputStream said, String begin) {
        return said.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains(begin))
                .count();
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
            LockSupport.parkNanos(10_000_000);
        }
    }
}
