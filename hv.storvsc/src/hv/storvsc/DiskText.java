package hv.storvsc;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A disk as people write it: {@code SOURCE[,readonly][,direct][,serial=S][,format=F]}, where the source is a file or an
 * address that begins with {@code nbd}. A comma in a name is written twice. Immutable.
 *
 * <p>What is in a file never decides how it is read: a guest could write the head of another format into its raw disk,
 * one that names files of the host. Its name does, or {@code format=}.
 *
 * @param source file or address
 * @param format {@code raw}, or one that qemu-nbd reads
 * @param serial what the guest is told; empty for one made of the source
 * @param isDirect past the host's page cache
 */
record DiskText(String source, String format, String serial, boolean isReadOnly, boolean isDirect) {
    static final String RAW = "raw";
    private static final List<String> FORMATS =
            List.of(RAW, "qcow2", "vhdx", "vpc", "vmdk", "vdi", "qed", "parallels", "luks");
    private static final Pattern SERIAL = Pattern.compile("[A-Za-z0-9._-]{1,32}");
    private static final String USAGE = "FILE[,readonly][,direct][,serial=S][,format=raw|qcow2|vhdx|...],"
            + " or nbd+unix:///EXPORT?socket=FILE or nbd://HOST[:PORT]/EXPORT in place of the file";

    /** The heads of formats that are not raw. */
    private static final List<String> HEADS = List.of("QFI\u00FB", "vhdxfile", "KDMV", "conectix");

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException with words that say what to write instead
     */
    static DiskText parse(String text) {
        List<String> parts = parts(text);
        String source = parts.get(0);
        String format = "";
        String serial = "";
        boolean isReadOnly = false;
        boolean isDirect = false;
        for (String part : parts.subList(1, parts.size())) {
            if (part.equals("readonly")) {
                isReadOnly = true;
            } else if (part.equals("direct")) {
                isDirect = true;
            } else if (part.startsWith("serial=")
                    && SERIAL.matcher(part.substring(7)).matches()) {
                serial = part.substring(7);
            } else if (part.startsWith("format=") && FORMATS.contains(part.substring(7))) {
                format = part.substring(7);
            } else {
                throw new IllegalArgumentException("a disk is %s, without '%s'".formatted(USAGE, shown(part)));
            }
        }
        if (source.isEmpty() || source.chars().anyMatch(c -> c < 0x20)) {
            throw new IllegalArgumentException("a disk is " + USAGE);
        }
        boolean isAddress = isAddress(source);
        if (isAddress && (isDirect || !format.isEmpty())) {
            throw new IllegalArgumentException(
                    "what an NBD server keeps has no format= and no direct here: tell the server");
        }
        DiskText disk = new DiskText(source, format.isEmpty() ? named(source) : format, serial, isReadOnly, isDirect);
        if (isAddress) {
            NbdAddress.parse(source);
        } else {
            disk.checkFile(!format.isEmpty());
            if (!disk.format.equals(RAW) && !QemuProgram.isInstalled()) {
                throw new IllegalArgumentException(QemuProgram.advice(disk.format));
            }
        }
        return disk;
    }

    private static List<String> parts(String text) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) != ',') {
                part.append(text.charAt(i));
            } else if (i + 1 < text.length() && text.charAt(i + 1) == ',') {
                part.append(text.charAt(i++));
            } else {
                parts.add(part.toString());
                part.setLength(0);
            }
        }
        parts.add(part.toString());
        return parts;
    }

    private static boolean isAddress(String source) {
        return source.startsWith("nbd:") || source.startsWith("nbd+") || source.startsWith("nbds:");
    }

    /** Whether an NBD server keeps it that somebody else has started. */
    boolean isServed() {
        return isAddress(source);
    }

    private static String named(String source) {
        String name = source.toLowerCase(Locale.ROOT);
        for (String format : FORMATS) {
            if (name.endsWith("." + format)) {
                return format;
            }
        }
        return name.endsWith(".vhd") ? "vpc" : RAW;
    }

    private void checkFile(boolean isFormatGiven) {
        Path path;
        try {
            path = Path.of(source);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("disk %s: no file can have this name".formatted(shown(source)), e);
        }
        if (!Files.exists(path)) {
            throw new IllegalArgumentException(
                    "disk %s: there is no such file; truncate -s 10G FILE makes one".formatted(shown(source)));
        }
        if (Files.isDirectory(path)) {
            throw new IllegalArgumentException("disk %s: this is a directory".formatted(shown(source)));
        }
        if (!Files.isReadable(path) || !isReadOnly && !Files.isWritable(path)) {
            throw new IllegalArgumentException("disk %s: may not be %s"
                    .formatted(shown(source), Files.isReadable(path) ? "written; add ,readonly" : "read"));
        }
        if (format.equals(RAW) && !isFormatGiven && looksOther(path)) {
            throw new IllegalArgumentException(
                    "disk %s: looks like another format; add ,format=qcow2 (or vhdx, vmdk, vpc), or ,format=raw"
                            .formatted(shown(source)));
        }
    }

    private static boolean looksOther(Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            String head = new String(in.readNBytes(8), java.nio.charset.StandardCharsets.ISO_8859_1);
            return HEADS.stream().anyMatch(head::startsWith);
        } catch (IOException e) {
            // Whoever opens it says why.
            return false;
        }
    }

    /** The name by which the guest knows it, whenever it is started: what was given, or made of the source. */
    String identity() {
        return serial.isEmpty() ? "%016x".formatted(number(source)) : serial;
    }

    /** A number that two disks hardly share (FNV-1a). */
    static long number(String text) {
        long hash = 0xCBF2_9CE4_8422_2325L;
        for (byte each : text.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
            hash = (hash ^ each & 0xFF) * 0x100_0000_01B3L;
        }
        // FNV's low bits are good, its high ones for short texts are not.
        return ByteBuffer.allocate(Long.BYTES).putLong(hash ^ hash >>> 32).getLong(0);
    }

    /** As it may appear in one line for people. */
    static String shown(String text) {
        return hv.api.device.GuestCommand.shown(text, 100);
    }
}
