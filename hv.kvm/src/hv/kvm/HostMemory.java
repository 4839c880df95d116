package hv.kvm;

import hv.kvm.error.KvmException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much memory this host has, as Linux tells. A guest may be given more than is free now, since hosts commit to
 * pages when they are touched, but not more than there is.
 */
final class HostMemory {
    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final Pattern TOTAL =
            Pattern.compile("^(?:MemTotal|SwapTotal):\\s+(\\d{1,15}) kB$", Pattern.MULTILINE);

    private HostMemory() {}

    /** @throws KvmException if this host has less memory and swap space than {@code bytes} */
    static void requireRoomFor(long bytes) {
        requireRoomFor(bytes, MEMINFO);
    }

    static void requireRoomFor(long bytes, Path meminfo) {
        long total = totalBytes(meminfo);
        if (bytes > total) {
            throw new KvmException(
                    "guest memory of %d MiB: this host has %d MiB, swap space included: give the guest less memory"
                            .formatted(bytes >> 20, total >> 20));
        }
    }

    /** What there is; no limit where Linux does not say. */
    private static long totalBytes(Path meminfo) {
        try {
            Matcher lines = TOTAL.matcher(Files.readString(meminfo, StandardCharsets.US_ASCII));
            long kibibytes = 0;
            while (lines.find()) {
                kibibytes += Long.parseLong(lines.group(1));
            }
            return kibibytes == 0 ? Long.MAX_VALUE : kibibytes << 10;
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }
}
