package hv.itest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a program made, changed and removed in the file system, system call by system call, as strace saw it.
 *
 * @param made files and folders, with the rights that others have on them from their first instant
 * @param removed files and folders
 * @param others calls that rename, link or change the mode of something, as they were
 */
record MadeFiles(List<Made> made, List<String> removed, List<String> others) {
    /**
     * A file or folder.
     *
     * @param path absolute
     * @param mode permissions, the mask taken away
     */
    record Made(String path, int mode) {}

    private static final String CALLS =
            "open,openat,creat,mkdir,mkdirat,mknod,mknodat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,chmod,fchmod,fchmodat,"
                    + "?fchmodat2,chown,fchown,lchown,fchownat,unlink,unlinkat,rmdir,umask,chdir";
    private static final Pattern CALL = Pattern.compile("([a-z0-9]+)\\((.*)\\) += +(-?[0-9]+).*");
    private static final Pattern NAMED = Pattern.compile("^(?:AT_FDCWD|[0-9]+)?(?:<([^>]*)>)?(?:, )?\"([^\"]*)\"(.*)$");
    private static final Pattern DEVICE = Pattern.compile("\"/dev/(null|tty|pts/[0-9]+)\"");
    private static final Pattern MODE = Pattern.compile(".*, 0([0-7]*)$");

    /** The words in front of a command that have it traced into {@code file}. */
    static List<String> strace(Path file) {
        return List.of(
                "strace",
                "-f",
                "-qq",
                "-y",
                "-s",
                "4096",
                "--seccomp-bpf",
                "-e",
                "trace=" + CALLS,
                "-o",
                file.toString());
    }

    /** Reads a trace. The mask is the last one that was set: a script sets it, and becomes what is traced then. */
    static MadeFiles read(Path file) throws IOException {
        MadeFiles files = new MadeFiles(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        int mask = 0;
        for (String line : whole(Files.readAllLines(file))) {
            Matcher call = CALL.matcher(line);
            if (!call.matches() || call.group(3).startsWith("-")) {
                continue;
            }
            String arguments = call.group(2);
            switch (call.group(1)) {
                case "umask" -> mask = Integer.parseInt(arguments, 8);
                case "chdir" -> {}
                case "mkdir", "mkdirat", "creat", "mknod", "mknodat" -> files.made.add(made(arguments, mask));
                case "open", "openat" -> {
                    if (arguments.contains("O_CREAT")
                            && !DEVICE.matcher(arguments).find()) {
                        files.made.add(made(arguments, mask));
                    }
                }
                case "unlink", "unlinkat", "rmdir" -> files.removed.add(path(arguments));
                default -> files.others.add(line);
            }
        }
        return files;
    }

    /** Puts calls together that another thread's interrupted, and takes the thread's number away. */
    private static List<String> whole(List<String> lines) {
        List<String> whole = new ArrayList<>();
        Map<String, String> begun = new HashMap<>();
        for (String line : lines) {
            int blank = line.indexOf(' ');
            String thread = line.substring(0, blank);
            String call = line.substring(blank).strip();
            if (call.endsWith("<unfinished ...>")) {
                begun.put(
                        thread,
                        call.substring(0, call.length() - "<unfinished ...>".length())
                                .stripTrailing());
            } else if (call.startsWith("<... ")) {
                whole.add(begun.getOrDefault(thread, "")
                        + call.substring(call.indexOf('>') + 1).strip());
            } else {
                whole.add(call);
            }
        }
        return whole;
    }

    private static Made made(String arguments, int mask) {
        Matcher mode = MODE.matcher(arguments);
        if (!mode.matches()) {
            throw new IllegalArgumentException("without a mode: " + arguments);
        }
        String octal = mode.group(1);
        return new Made(path(arguments), (octal.isEmpty() ? 0 : Integer.parseInt(octal, 8)) & ~mask);
    }

    /** Absolute, if strace could tell the folder. */
    private static String path(String arguments) {
        Matcher named = NAMED.matcher(arguments);
        if (!named.matches()) {
            throw new IllegalArgumentException("without a name: " + arguments);
        }
        String name = named.group(2);
        return name.startsWith("/") || named.group(1) == null ? name : named.group(1) + "/" + name;
    }
}
