package hv.launcher.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Two lines for whoever measures a start: one when the guest's machine is about to be made and its image loaded, one
 * when the guest has been entered, with what the process holds then. Asked for with the system property
 * {@code hv.start.report}; whoever reads a line also takes the time.
 */
final class StartReport {
    private static final Path STATUS = Path.of("/proc/self/status");

    private StartReport() {}

    static boolean wanted() {
        return Boolean.getBoolean("hv.start.report");
    }

    /** Prints {@code loading} on stderr if that is wanted. */
    static void loading() {
        if (wanted()) {
            System.err.println("loading");
        }
    }

    /** Prints {@code entered rss_kib=N heap_kib=N} on stderr; the heap is what is in use, garbage included. */
    static void print() {
        Runtime runtime = Runtime.getRuntime();
        long heapKib = runtime.totalMemory() - runtime.freeMemory() >> 10;
        System.err.println("entered rss_kib=" + rssKib() + " heap_kib=" + heapKib);
    }

    private static long rssKib() {
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", ""));
                }
            }
        } catch (IOException e) {
            // Another system than Linux: not known.
        }
        return 0;
    }
}
