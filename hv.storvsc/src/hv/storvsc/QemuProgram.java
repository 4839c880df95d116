package hv.storvsc;

import java.io.File;
import java.util.stream.Stream;

/** The program that keeps disks in QEMU's formats. No state. */
final class QemuProgram {
    static final String NAME = "qemu-nbd";

    private QemuProgram() {}

    /** Whether there is one on this host. */
    static boolean isInstalled() {
        return Stream.of(String.valueOf(System.getenv("PATH")).split(File.pathSeparator))
                .anyMatch(folder -> new File(folder, NAME).canExecute());
    }

    /** What to do if not. */
    static String advice(String format) {
        return "a %s disk needs %s: install the package qemu-utils (Fedora: qemu-img), or convert it to raw"
                .formatted(format, NAME);
    }
}
