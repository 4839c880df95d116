package hv.lab.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("What the rig is made of")
class PartsTest {
    @TempDir
    Path folder;

    private void module(String file, String depends) throws Exception {
        Path path = folder.resolve("lib/modules/6.1/kernel/" + file);
        Files.createDirectories(path.getParent());
        Files.writeString(
                path, "\177ELF\0license=GPL\0depends=" + depends + "\0retpoline=Y\0", StandardCharsets.ISO_8859_1);
    }

    @Test
    @DisplayName(
            "Modules come after what they depend on, each once; dash and underscore are the same; what is not there is built in")
    void modulesInOrder() throws Exception {
        module("drivers/virtio/virtio.ko", "virtio_ring");
        module("drivers/virtio/virtio_ring.ko", "");
        module("drivers/block/virtio_blk.ko", "virtio,virtio_ring");
        module("arch/x86/kvm/kvm-amd.ko", "kvm");
        module("arch/x86/kvm/kvm.ko", "irqbypass");
        module("virt/lib/irqbypass.ko", "");
        assertEquals(
                List.of("virtio_ring", "virtio", "virtio_blk", "irqbypass", "kvm", "kvm_amd"),
                List.copyOf(new KernelModules(folder)
                        .inOrder(List.of("virtio_blk", "kvm_amd", "ext4"))
                        .keySet()));
    }

    @Test
    @DisplayName("A newer bundle: the same files under a higher version; what is not there is left out")
    void newerBundles() throws Exception {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Bundle-Version", "0.1.0.SNAPSHOT");
        Path jar = folder.resolve("hv.kvp.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            out.putNextEntry(new JarEntry("hv/kvp/Kvp.class"));
            out.write(7);
        }
        NewerBundles.make(folder, folder.resolve("newer"));
        try (JarFile made = new JarFile(folder.resolve("newer/hv.kvp.jar").toFile())) {
            assertEquals("0.1.1", made.getManifest().getMainAttributes().getValue("Bundle-Version"));
            assertEquals(
                    7, made.getInputStream(made.getEntry("hv/kvp/Kvp.class")).read());
        }
        assertFalse(Files.exists(folder.resolve("newer/hv.vss.jar")));
    }

    @Test
    @DisplayName("Libraries are the paths that ldd prints; the kernel's own has none, a missing one neither")
    void libraries() {
        String printed = """
                /jre/bin/java:
                \tlinux-vdso.so.1 (0x00007ffc0f1f2000)
                \tlibz.so.1 => /lib/x86_64-linux-gnu/libz.so.1 (0x00007f4a3c2b0000)
                \tlibX11.so.6 => not found
                \t/lib64/ld-linux-x86-64.so.2 (0x00007f4a3c4f0000)
                """;
        assertEquals(
                Set.of(Path.of("/lib/x86_64-linux-gnu/libz.so.1"), Path.of("/lib64/ld-linux-x86-64.so.2")),
                SharedLibraries.paths(printed));
    }

    @Test
    @DisplayName("Something is made again when a file that it was made of has changed, or when it is gone")
    void stamps() throws Exception {
        Path source = Files.writeString(folder.resolve("source"), "one");
        Path made = Files.writeString(folder.resolve("made"), "made");
        assertFalse(new Stamp().with(source).isOn(made));
        new Stamp().with(source).put(made);
        assertTrue(new Stamp().with(source).isOn(made));
        Files.writeString(source, "longer");
        assertFalse(new Stamp().with(source).isOn(made));
        new Stamp().with(source).put(made);
        Files.delete(made);
        assertFalse(new Stamp().with(source).isOn(made));
    }

    @Test
    @DisplayName("A program that is not on this machine: one line with its name and the package that has it")
    void missingProgram() {
        assertEquals(
                "needs qemu-system-none, which is not on this machine; install the package qemu-system",
                assertThrows(UnusableException.class, () -> HostCommand.require("qemu-system-none", "qemu-system"))
                        .getMessage());
    }

    @Test
    @DisplayName("A program that fails: one line with what it said last")
    void failingProgram() throws Exception {
        HostCommand sh = HostCommand.require("sh", "dash");
        String line = assertThrows(
                        UnusableException.class,
                        () -> sh.run(folder, List.of("-c", "echo first; echo it is broken >&2; exit 3")))
                .getMessage();
        assertTrue(line.endsWith("failed: it is broken"), line);
        assertEquals(1, line.lines().count());
        assertEquals("well\n", sh.run(folder, List.of("-c", "echo well")));
    }
}
