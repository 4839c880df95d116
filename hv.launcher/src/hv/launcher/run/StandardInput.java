package hv.launcher.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process's standard input is, as Linux tells in {@code /proc}. */
enum StandardInput {
    /** A terminal that this process may read. */
    TERMINAL,
    /** A pipe, file or socket. */
    STREAM,
    /**
     * Nothing to read: {@code /dev/null}, or a terminal in whose background this process is and which would stop it.
     */
    NONE;

    /** What it is now. */
    static StandardInput find() {
        return find(Path.of("/proc/self"));
    }

    static StandardInput find(Path process) {
        try {
            String target = Files.readSymbolicLink(process.resolve("fd/0")).toString();
            if (!target.startsWith("/dev/")) {
                return STREAM;
            }
            if (target.equals("/dev/null")) {
                return NONE;
            }
            String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
            return isInForeground(stat) ? TERMINAL : NONE;
        } catch (IOException e) {
            return NONE;
        }
    }

    /**
     * Behind the name, which may hold anything: state, parent, process group, session, terminal, its foreground group.
     */
    private static boolean isInForeground(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        return fields.length > 5 && (fields[5].equals("-1") || fields[5].equals(fields[2]));
    }
}
