package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ./hv run --jail}: the run is as it is outside. */
class JailTest {
    private static final long TIMEOUT_SECONDS = 100;

    @TempDir
    Path temporary;

    private final Path distribution = Shipped.distribution().root();

    @BeforeEach
    void assumePossible() throws Exception {
        Jailed.assumePossible();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hosted", "kvm"})
    @DisplayName("Our own guest finds in the jail everything that it was promised, on several VPs, and the status is 0")
    void guest(String backend) throws Exception {
        assumeKvm(backend);
        Jailed.Result result = Jailed.run(Jailed.program(distribution, "--jail", "--backend", backend, "--smp", "2"));
        assertEquals(0, result.status(), result::toString);
        assertEquals(List.of(), result.err());
        assertTrue(result.out().getLast().contains(" 0 failed"), result::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hosted", "kvm"})
    @DisplayName(
            "A guest that was saved in one jail goes on in another; the file is the user's own, and nothing else is left in its folder")
    void snapshot(String backend) throws Exception {
        assumeKvm(backend);
        Path folder = Files.createDirectory(temporary.resolve("snap shots"));
        Path file = folder.resolve("guest");
        Jailed.Result saved = Jailed.run(Jailed.program(
                distribution, "--save-at", "200ms=" + file, "--jail", "--backend", backend, "--append", "clock=5s"));
        assertEquals(0, saved.status(), saved::toString);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        try (var files = Files.list(folder)) {
            assertEquals(List.of(file), files.toList());
        }
        Jailed.Result restored = Jailed.run(Jailed.program(distribution, "--jail", "--restore=" + file));
        assertEquals(0, restored.status(), restored::toString);
        assertTrue(restored.out().getLast().contains(" 0 failed"), restored::toString);
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143", "HUP, 129"})
    @DisplayName("A signal to the program ends the guest as it does outside, with the same status")
    void signal(String name, int status) throws Exception {
        Process process = Jailed.program(distribution, "--jail", "--backend", "hosted", "--append", "clock=3600s")
                .start();
        try (BufferedReader out = process.inputReader()) {
            assertTrue(out.readLine().startsWith("hv-guest"));
            new ProcessBuilder("kill", "-s", name, String.valueOf(process.pid()))
                    .start()
                    .waitFor();
            assertTrue(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS));
        } finally {
            process.destroyForcibly();
        }
        assertEquals(status, process.exitValue());
    }

    @Test
    @DisplayName("When the program is killed with signal 9, nothing of the guest lives on")
    void killed() throws Exception {
        Process process = Jailed.program(distribution, "--jail", "--backend", "hosted", "--append", "clock=3600s")
                .start();
        List<ProcessHandle> inside;
        try (BufferedReader out = process.inputReader()) {
            assertTrue(out.readLine().startsWith("hv-guest"));
            inside = process.descendants().toList();
            assertTrue(inside.size() >= 3, "bubblewrap twice, and the JVM");
        } finally {
            process.destroyForcibly();
        }
        for (ProcessHandle handle : inside) {
            handle.onExit().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Test
    @DisplayName("A file that is not there, or a value that is none, is refused as it is outside: one line, status 2")
    void badInput() throws Exception {
        Jailed.Result missing = Jailed.run(Jailed.program(distribution, "--jail", "--kernel", "no such"));
        assertEquals(2, missing.status(), missing::toString);
        assertEquals(List.of("hv: --kernel no such: there is no such file"), missing.err());
        Jailed.Result network = Jailed.run(Jailed.program(distribution, "--jail", "--net", "user"));
        assertEquals(2, network.status(), network::toString);
        assertTrue(network.err().getFirst().startsWith("hv: --net cannot be used with --jail"), network::toString);
        Jailed.Result smp = Jailed.run(Jailed.program(distribution, "--jail", "--smp", "0"));
        assertEquals(2, smp.status(), smp::toString);
        assertEquals(1, smp.err().size(), smp::toString);
        Jailed.Result unfinished = Jailed.run(Jailed.program(distribution, "--jail", "--smp"));
        assertEquals(2, unfinished.status(), unfinished::toString);
        assertTrue(unfinished.err().getFirst().startsWith("hv: --smp needs a value"), unfinished::toString);
    }

    @Test
    @DisplayName(
            "A folder that holds anything but snapshots is not given away to be written in, and the line names what it holds")
    void precious() throws Exception {
        Path precious = Files.writeString(temporary.resolve("precious"), "text");
        for (List<String> arguments : List.of(
                List.of("--save-at", "1s=" + temporary.resolve("guest")),
                List.of("--jail-save", temporary.toString()))) {
            Jailed.Result result =
                    Jailed.run(Jailed.program(distribution, "--jail", arguments.get(0), arguments.get(1)));
            assertEquals(2, result.status(), result::toString);
            assertTrue(result.err().getFirst().endsWith("; " + precious + " is none"), result::toString);
        }
        Files.delete(precious);
        Files.createSymbolicLink(precious, Path.of("nowhere"));
        Jailed.Result link = Jailed.run(Jailed.program(distribution, "--jail", "--jail-save", temporary.toString()));
        assertEquals(2, link.status(), link::toString);
    }

    @Test
    @DisplayName("Flags of a file, and values that look like the jail's options, reach the run as they were given")
    void values() throws Exception {
        Path flags = Files.writeString(temporary.resolve("flags"), "hv-relaxed,hv-enforce-cpuid");
        Jailed.Result result = Jailed.run(Jailed.program(
                distribution, "--cpu=@" + flags, "--jail", "--append", "--jail-net", "--backend", "hosted"));
        assertEquals(0, result.status(), result::toString);
        assertTrue(result.out().getLast().startsWith("hv-guest: 3 enlightenments"), result::toString);
    }

    @Test
    @DisplayName("Without bubblewrap one line says what to install, and the status is 2")
    void missingBubblewrap() throws Exception {
        ProcessBuilder builder = Jailed.program(distribution, "--jail", "--backend", "hosted");
        Jailed.withPrograms(builder, temporary);
        Jailed.Result result = Jailed.run(builder);
        assertEquals(2, result.status(), result::toString);
        assertEquals(
                List.of("hv: --jail needs bubblewrap, which is not installed: install the package bubblewrap"),
                result.err());
    }

    @Test
    @DisplayName("Where the kernel refuses namespaces, one line says so and what bubblewrap said, and nothing is run")
    void noNamespaces() throws Exception {
        ProcessBuilder builder = Jailed.program(distribution, "--jail", "--backend", "hosted");
        Jailed.withPrograms(builder, temporary);
        Jailed.executable(
                temporary.resolve("bwrap"), "echo 'bwrap: No permissions to create new namespace' >&2\nexit 1");
        Jailed.Result result = Jailed.run(builder);
        assertEquals(2, result.status(), result::toString);
        assertEquals(1, result.err().size(), result::toString);
        assertTrue(
                result.err().getFirst().contains("(bwrap: No permissions to create new namespace)"), result::toString);
        assertEquals(List.of(), result.out());
    }

    @Test
    @DisplayName("A kernel and an initrd, each in a folder of its own, are there in the jail")
    void linux() throws Exception {
        assumeKvm("kvm");
        Path kernel = Files.write(
                Files.createDirectory(temporary.resolve("of the kernel")).resolve("vmlinuz"), TinyLinux.bzImage());
        Path initrd =
                Files.write(Files.createDirectory(temporary.resolve("other")).resolve("initrd"), new byte[100_000]);
        Jailed.Result result = Jailed.run(Jailed.program(
                distribution, "--jail", "--kernel", "" + kernel, "--initrd", "" + initrd, "--append", "console=ttyS0"));
        assertEquals(0, result.status(), result::toString);
        assertTrue(result.out().getFirst().startsWith("console=ttyS0"), result::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hosted", "kvm"})
    @DisplayName("A user who is not root has the jail too, and KVM in it if the group of /dev/kvm is one of his")
    void otherUser(String backend) throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can be another user");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "setpriv is not installed");
        String groups = backend.equals("hosted") ? "--clear-groups" : "--groups=" + groupOfKvm();
        Path copy = Files.createTempDirectory(Path.of("/tmp"), "hv-other-user");
        try {
            Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
            Path root = Shipped.assembleAt(copy.resolve("hv")).root();
            ProcessBuilder builder = Jailed.program(root, "--jail", "--backend", backend);
            builder.command().addAll(0, List.of("/usr/bin/setpriv", "--reuid=65534", "--regid=65534", groups));
            Jailed.Result result = Jailed.run(builder);
            assumeTrue(
                    result.err().stream().noneMatch(line -> line.contains("refuses")), "only root has namespaces here");
            assertEquals(0, result.status(), result::toString);
            assertTrue(result.out().getLast().contains(" 0 failed"), result::toString);
        } finally {
            new ProcessBuilder("rm", "-rf", copy.toString()).start().waitFor();
        }
        assertFalse(Files.exists(copy));
    }

    /** The number of the group that may use it. */
    private static int groupOfKvm() throws Exception {
        Path kvm = Path.of("/dev/kvm");
        assumeTrue(Files.exists(kvm), "there is no /dev/kvm");
        int group = (Integer) Files.getAttribute(kvm, "unix:gid");
        boolean isOpen = Files.getPosixFilePermissions(kvm).contains(PosixFilePermission.GROUP_WRITE);
        assumeTrue(group != 0 && isOpen, "no group but root's may use /dev/kvm");
        return group;
    }

    private static void assumeKvm(String backend) {
        assumeTrue(
                backend.equals("hosted") || Files.isWritable(Path.of("/dev/kvm")),
                "there is no /dev/kvm that may be written");
    }
}
