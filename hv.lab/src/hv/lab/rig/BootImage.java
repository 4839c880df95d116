package hv.lab.rig;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPOutputStream;

/** Writes initial RAM disks: busybox, what has to be there before the disk is, and a program called init. */
final class BootImage {
    private static final int BUFFER = 1 << 16;

    private BootImage() {}

    /** Level 1's: busybox, modules, shared libraries at the paths they have here. */
    static void writeOuter(Path file, Path busybox, Path init, Map<String, byte[]> modules, Set<Path> libraries)
            throws IOException {
        try (Cpio cpio = compressed(file)) {
            frame(cpio, busybox, init);
            addModules(cpio, modules);
            Set<Path> folders = new TreeSet<>();
            for (Path library : libraries) {
                for (Path parent = library.getParent(); parent.getNameCount() > 0; parent = parent.getParent()) {
                    folders.add(parent);
                }
            }
            for (Path folder : folders) {
                cpio.folder(folder.toString().substring(1));
            }
            for (Path library : libraries) {
                cpio.program(library.toString().substring(1), Files.readAllBytes(library));
            }
        }
    }

    /** The Linux guest's: busybox and programs of ours in {@code bin}. */
    static void writeGuest(Path file, Path busybox, Path init, Map<String, Path> programs) throws IOException {
        try (Cpio cpio = compressed(file)) {
            frame(cpio, busybox, init);
            for (Map.Entry<String, Path> program : programs.entrySet()) {
                cpio.program("bin/" + program.getKey(), Files.readAllBytes(program.getValue()));
            }
        }
    }

    /** For an archive behind the guest's: modules, and what is at other paths. */
    static void writeArchive(Path file, GuestParts.Archive archive) throws IOException {
        try (Cpio cpio = compressed(file)) {
            addModules(cpio, archive.modules());
            Set<Path> folders = new TreeSet<>();
            for (String name : archive.files().keySet()) {
                for (Path parent = Path.of(name).getParent(); parent != null; parent = parent.getParent()) {
                    folders.add(parent);
                }
            }
            for (Path folder : folders) {
                cpio.folder(folder.toString());
            }
            for (Map.Entry<String, byte[]> one : archive.files().entrySet()) {
                cpio.program(one.getKey(), one.getValue());
            }
        }
    }

    /** And the order in which they can be loaded. */
    private static void addModules(Cpio cpio, Map<String, byte[]> modules) throws IOException {
        cpio.folder("m");
        for (Map.Entry<String, byte[]> module : modules.entrySet()) {
            cpio.file("m/" + module.getKey() + ".ko", module.getValue());
        }
        cpio.file("m/order", String.join("\n", modules.keySet()).concat("\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** One session's own: goes uncompressed in front of level 1's. */
    static void writeSession(OutputStream out, Map<String, byte[]> files) throws IOException {
        try (Cpio cpio = new Cpio(out)) {
            cpio.folder("lab");
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                cpio.file("lab/" + file.getKey(), file.getValue());
            }
        }
    }

    private static void frame(Cpio cpio, Path busybox, Path init) throws IOException {
        for (String folder : new String[] {"bin", "dev", "proc", "sys", "tmp"}) {
            cpio.folder(folder);
        }
        // The kernel opens the console for init before init can make it.
        cpio.device("dev/console", 5, 1);
        cpio.program("bin/busybox", Files.readAllBytes(busybox));
        cpio.link("bin/sh", "busybox");
        cpio.program("init", Files.readAllBytes(init));
    }

    private static Cpio compressed(Path file) throws IOException {
        return new Cpio(new BufferedOutputStream(new GZIPOutputStream(Files.newOutputStream(file)), BUFFER));
    }
}
