package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hv.launcher.Distribution;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ./hv run} from its arguments to its exit status. */
class RunTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    @DisplayName("Without a CPU the guest finds every enlightenment it was promised, on every VP")
    void hosted(int vps) {
        succeeds(Program.run("run", "--backend", "hosted", "--smp", String.valueOf(vps)), vps);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    @DisplayName("On KVM the guest finds every enlightenment it was promised, on every VP")
    void kvm(int vps) {
        assumeTrue(Files.isWritable(Path.of("/dev/kvm")), "there is no /dev/kvm that may be written");
        succeeds(Program.run("run", "--backend", "kvm", "--smp", String.valueOf(vps)), vps);
    }

    private static void succeeds(Program run, int vps) {
        assertEquals(0, run.status(), run::toString);
        String first = run.out().getFirst();
        assertTrue(first.startsWith("hv-guest: " + vps + " vCPU"), first);
        assertTrue(first.endsWith("interface Hv#1"), first);
        assertTrue(run.out().getLast().contains(" 0 failed"), run.out().getLast());
        assertTrue(
                run.out().stream().anyMatch(line -> line.matches("vpindex +vp " + (vps - 1) + " +ok .*")),
                run::toString);
    }

    @Test
    @DisplayName("A profile's guest finds what the profile holds; one that does not exist is refused in one line")
    void profile() {
        Program run = Program.run("run", "--backend", "hosted", "--profile", "minimal");
        assertEquals(0, run.status(), run::toString);
        assertTrue(
                run.out().getLast().contains("8 enlightenments on 1 vCPU: 8 ok"),
                run.out().getLast());
        Program refused = Program.run("run", "--backend", "hosted", "--profile", "best");
        assertEquals(2, refused.status(), refused::toString);
    }

    @Test
    @DisplayName("Flags from a file, in libvirt's syntax: the guest gets them; a file that is not there is refused")
    void flagsFromAFile() throws Exception {
        Path file = Files.writeString(folder.resolve("domain.xml"), "<hyperv><vpindex state='on'/></hyperv>");
        Program run = Program.run("run", "--backend", "hosted", "--cpu", "@" + file);
        assertEquals(0, run.status(), run::toString);
        assertTrue(run.out().stream().anyMatch(line -> line.matches("vpindex +vp 0 +ok .*")), run::toString);
        assertEquals(2, Program.run("run", "--cpu", "@" + file + "x").status());
    }

    @Test
    @DisplayName("The guest's own failure is its exit status, not 0")
    void guestFails() throws Exception {
        Distribution changed = Shipped.assembleAt(folder.resolve("hv"));
        byte[] jar = BrokenPart.jar("broken", "    fail \"as it was told\"");
        Files.write(changed.root().resolve("bundles/broken.jar"), jar);
        Program run = Program.run(changed, "run", "--backend", "hosted", "--cpu", "hv-relaxed");
        assertEquals(1, run.status(), run::toString);
        assertTrue(run.out().stream().anyMatch(line -> line.contains("as it was told")), run::toString);
    }

    @Test
    @DisplayName("Only what the flags name, and what it requires, is offered with hv-enforce-cpuid")
    void onlyWhatWasAsked() {
        Program run = Program.run("run", "--backend", "hosted", "--cpu", "hv-vpindex,hv-enforce-cpuid");
        assertEquals(0, run.status(), run::toString);
        assertTrue(run.out().stream().anyMatch(line -> line.matches("time +not offered")), run::toString);
        assertTrue(run.out().stream().anyMatch(line -> line.matches("vpindex +vp 0 +ok .*")), run::toString);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hv-enforce-cpuid=off,hv-vpindex|answered",
                "hv-enforce-cpuid=no,hv-vpindex|answered",
                "hv-enforce-cpuid=false,hv-vpindex|answered",
                "hv-enforce-cpuid=n,hv-vpindex|answered",
                "hv_enforce_cpuid=n,hv-vpindex|answered",
                "hv-enforce-cpuid,hv-vpindex,hv-enforce-cpuid=no|answered",
                "-hv-enforce-cpuid,hv-vpindex,hv-enforce-cpuid|answered",
                "+hv-enforce-cpuid,-hv-enforce-cpuid,hv-vpindex|answered",
                "hv-enforce-cpuid=on,hv-vpindex|refused",
                "hv-enforce-cpuid=y,hv-vpindex|refused",
                "hv-enforce-cpuid=true,hv-vpindex|refused",
                "hv-enforce-cpuid=no,hv-vpindex,hv-enforce-cpuid=yes|refused",
                "+hv-enforce-cpuid,hv-vpindex,hv-enforce-cpuid=no|refused",
                "hv-enforce-cpuid,hv-vpindex,hv-time=no|refused",
            })
    @DisplayName(
            "QEMU: on, yes, true, y and off, no, false, n are the same; - wins over +, + over the last word: an MSR that was not "
                    + "promised answers unless hv-enforce-cpuid is on, and every spelling gives the same guest")
    void spellingsOfEnforceCpuid(String flags, String expected) throws Exception {
        Distribution changed = Shipped.assembleAt(folder.resolve("hv"));
        byte[] jar = BrokenPart.jar("unpromised", """
                    rdmsr   r0, 0x40000020 else refused
                    fail    "answered"
                refused:
                    fail    "refused"
                """);
        Files.write(changed.root().resolve("bundles/unpromised.jar"), jar);
        Program run = Program.run(changed, "run", "--backend", "hosted", "--cpu", flags);
        assertTrue(run.out().stream().anyMatch(line -> line.endsWith(expected)), run::toString);
    }

    @Test
    @DisplayName("hv-x=no behind hv-enforce-cpuid is a flag that is known, and the enlightenment is not offered")
    void offIsKnown() {
        Program run = Program.run("run", "--backend", "hosted", "--cpu", "hv-vpindex,hv-time=no,hv-enforce-cpuid");
        assertEquals(0, run.status(), run::toString);
        assertTrue(run.out().stream().anyMatch(line -> line.matches("time +not offered")), run::toString);
    }

    @Test
    @DisplayName("hv-crash with --on-crash stop ends the run; with continue it goes on")
    void onCrash() {
        Program goesOn = Program.run("run", "--backend", "hosted", "--append", "crash=yes");
        assertEquals(0, goesOn.status(), goesOn::toString);
        Program stops = Program.run("run", "--backend", "hosted", "--append", "crash=yes", "--on-crash", "stop");
        assertEquals(1, stops.status(), stops::toString);
    }

    @Test
    @DisplayName("A guest that resets itself once boots again and goes on")
    void resetOnce() {
        Program run = Program.run("run", "--backend", "hosted", "--append", "reset=once");
        assertEquals(0, run.status(), run::toString);
        assertTrue(run.out().stream().anyMatch(line -> line.contains("resets=1")), run::toString);
    }

    @Test
    @DisplayName("Every impossible flag is named, one a line, with exit status 2, and nothing runs")
    void impossibleFlags() {
        Program run = Program.run("run", "--cpu", "hv-relaxd,hv-spinlocks=many,hv-time=maybe");
        assertEquals(2, run.status());
        assertEquals(List.of(), run.out());
        assertEquals(
                List.of(
                        "hv: no deployed enlightenment offers hv-relaxd; did you mean hv-relaxed?",
                        "hv: hv-spinlocks with 'many' cannot be used; write hv-spinlocks=N with N from 0 to 0xffffffff",
                        "hv: hv-time with 'maybe' cannot be used; write hv-time=on or hv-time=off"),
                run.err());
    }

    @Test
    @DisplayName("A flag whose requirement is not deployed names the flag that is missing")
    void requirementNotDeployed() throws Exception {
        Distribution changed = Shipped.assembleAt(folder.resolve("hv"));
        Files.write(changed.root().resolve("bundles/a.jar"), MicroBundle.jar("a", Set.of("b")));
        Files.write(changed.root().resolve("bundles/b.jar"), MicroBundle.jar("b", Set.of("c", "d")));
        Program run = Program.run(changed, "run", "--cpu", "hv-a,hv-time");
        assertEquals(2, run.status());
        assertEquals(
                List.of(
                        "hv: hv-a requires hv-c, which no deployed bundle offers; deploy the bundle that provides hv.enlightenment=c",
                        "hv: hv-a requires hv-d, which no deployed bundle offers; deploy the bundle that provides hv.enlightenment=d"),
                run.err());
    }

    @Test
    @DisplayName("A file that is no kernel is refused in one line with exit status 2")
    void badKernels() throws Exception {
        assumeTrue(Files.isWritable(Path.of("/dev/kvm")), "there is no /dev/kvm that may be written");
        byte[] elf = new byte[4096];
        byte[] start = {0x7F, 'E', 'L', 'F', 2, 1, 1};
        System.arraycopy(start, 0, elf, 0, start.length);
        byte[] flat = Arrays.copyOf("HVFLAT64".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 12);
        byte[] text = "a text\n".repeat(1000).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        for (byte[] bad : List.of(new byte[0], new byte[1], text, elf, flat)) {
            Path kernel = Files.write(folder.resolve("kernel"), bad);
            Program run = Program.run("run", "--kernel", kernel.toString());
            assertEquals(2, run.status(), run::toString);
            assertEquals(List.of(), run.out());
            assertEquals(1, run.err().size(), run::toString);
            assertTrue(run.err().getFirst().startsWith("hv: " + kernel + ": "), run::toString);
        }
    }

    @Test
    @DisplayName("What a run cannot combine is refused in one line with exit status 2")
    void badCombinations() throws Exception {
        Path file = Files.write(folder.resolve("file"), new byte[1]);
        refused("--initrd is for a kernel of yours; add --kernel FILE", "run", "--initrd", file.toString());
        refused(
                "--backend hosted has no CPU to run --kernel on; leave one of the two out",
                "run",
                "--backend",
                "hosted",
                "--kernel",
                file.toString());
        refused(
                "--smp takes a number from 1 to 255 for our own guest, not '256'",
                "run",
                "--smp",
                "256",
                "--backend",
                "hosted");
        refused("shell takes nothing or -c 'COMMANDS', not '-x'", "shell", "-x");
    }

    private static void refused(String line, String... args) {
        Program run = Program.run(args);
        assertEquals(2, run.status(), run::toString);
        assertEquals(List.of("hv: " + line), run.err());
        assertEquals(List.of(), run.out());
    }
}
