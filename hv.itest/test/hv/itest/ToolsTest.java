package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.launcher.Distribution;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that need no container, and the same commands in one: a user cannot tell which it was. */
class ToolsTest {
    @TempDir
    Path temporary;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "check --help",
                "check --cpu hv-stimer,hv-time",
                "check --cpu hv-relaxed,hv-vapic --host amd",
                "check --cpu host,hv-passthrough --json",
                "check --profile help",
                "check @/nowhere/at/all",
                "check hv-stimer,\u001b[31mhv-t\u00e4me",
                "check -",
                "convert --to libvirt host,hv-relaxed,hv-crash,+vmx",
                "convert --to nothing host",
                "cpuid --cpu hv-relaxed,hv-time --diff hv-relaxed",
                "cpuid --cpu hv-stimer",
                "cpuid --decode 0x40000003:0x00002e7f",
                "cpuid",
                "explain stimer",
                "explain 0x400000b0=0x30009",
                "explain what is this"
            })
    @DisplayName("A command says the same with and without a container, with the same exit status")
    void sameAnswers(String line) throws Exception {
        Distribution distribution = Shipped.distribution();
        Ended inContainer = Ended.of(java(List.of("-jar", program(distribution)), line));
        Ended alone = Ended.of(java(behind(distribution), line));
        assertEquals(inContainer, alone);
        // Where there is a container, the words of its framework are loaded.
        assertTrue(loads(behind(distribution), line).noneMatch(each -> each.contains("org.apache.felix.framework")));
    }

    @Test
    @DisplayName("With a jar more than was assembled the container decides what is deployed")
    void anotherJar() throws Exception {
        Distribution distribution = Shipped.assembleAt(temporary.resolve("hv"));
        Files.write(distribution.root().resolve("bundles/more.jar"), BrokenPart.jar("aaa", "    pass"));
        assertTrue(loads(behind(distribution), "explain stimer")
                .anyMatch(each -> each.contains("org.apache.felix.framework")));
    }

    private java.util.stream.Stream<String> loads(List<String> program, String line) throws Exception {
        List<String> words = new ArrayList<>(List.of("-Xlog:class+load=info:stdout"));
        words.addAll(program);
        return Ended.of(java(words, line)).out().stream().filter(each -> each.contains("[class,load]"));
    }

    private static String program(Distribution distribution) {
        return distribution.root().resolve("hv.jar").toString();
    }

    /** As the script starts it. */
    private static List<String> behind(Distribution distribution) {
        return List.of(
                "-cp",
                program(distribution) + File.pathSeparator + distribution.root().resolve("tools.jar"),
                "hv.launcher.Main");
    }

    private ProcessBuilder java(List<String> program, String line) {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Djava.io.tmpdir=" + temporary,
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1"));
        command.addAll(program);
        command.addAll(List.of(line.split(" ")));
        return new ProcessBuilder(command);
    }
}
