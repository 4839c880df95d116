package hv.itest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Command lines as nobody types them: verbs, their options, good values, bad values, and things that are none. Any
 * thread.
 */
final class RandomLines {
    private static final int MOST_WORDS = 8;

    private static final List<String> VERBS = List.of(
            "run",
            "run",
            "run",
            "run",
            "shell",
            "list",
            "why",
            "explain",
            "check",
            "convert",
            "cpuid",
            "completion",
            "msr",
            "call",
            "partition",
            "crash",
            "save",
            "restore",
            "reset",
            "tsc",
            "swap",
            "swaps",
            "health",
            "remove",
            "add",
            "replay");

    private static final List<String> OPTIONS = List.of(
            "--cpu",
            "--smp",
            "--memory",
            "--kernel",
            "--initrd",
            "--append",
            "--backend",
            "--on-crash",
            "--restore",
            "--save-at",
            "--profile",
            "--device",
            "--disk",
            "--net",
            "--vmbus",
            "--on-sigterm",
            "--console",
            "--jail",
            "--host",
            "--json",
            "--to",
            "--decode",
            "--diff",
            "--vp",
            "--partition",
            "--force",
            "--keep-going",
            "--help",
            "--frequency",
            "-c",
            "--",
            "-");

    private static final List<String> VALUES = List.of(
            "hv-relaxed",
            "hv-time,hv-synic",
            "hv-spinlocks=0x1fff",
            "hv-stimer",
            "host,+hv-time",
            "bash",
            "map",
            "read",
            "write",
            "0x40000000",
            "0x40000002",
            "0",
            "1",
            "-1",
            "64",
            "4097",
            "99999999999999999999",
            "256M",
            "1K",
            "16384G",
            "kvm",
            "hosted",
            "xen",
            "stop",
            "reset",
            "continue",
            "windows",
            "help",
            "intel",
            "amd",
            "this",
            "libvirt",
            "qemu",
            "500ms=f",
            "0ms=f",
            "=",
            "time",
            "hv.time;9.9",
            "1 2 3",
            "",
            "on",
            "off",
            "..",
            "/",
            "/dev/null",
            "/proc/self/mem",
            "/no/such/file",
            "@/no/such/file",
            "@/",
            "@",
            "<domain/>",
            "<hyperv><synic state='on'/></hyperv>",
            "args: -cpu host",
            "$HOME",
            "`id`",
            "*",
            "%s%n%d",
            "hv:list; hv:why",
            "\\",
            "'\"'");

    private final List<String> files;

    /** Some values are files in {@code folder}. */
    RandomLines(Path folder) throws IOException {
        List<String> made = new ArrayList<>();
        for (String name : List.of("plain", "with space", "e\u001b[2J", "two\nlines")) {
            made.add(Files.write(folder.resolve(name), new byte[] {1, 2, 3, '\n', 0})
                    .toString());
        }
        made.add(Files.createDirectory(folder.resolve("a folder")).toString());
        files = List.copyOf(made);
    }

    /** A verb and what stands behind it. */
    List<String> of(Random random) {
        List<String> line = new ArrayList<>(List.of(VERBS.get(random.nextInt(VERBS.size()))));
        int words = random.nextInt(MOST_WORDS);
        for (int i = 0; i < words; i++) {
            line.add(word(random));
        }
        return line;
    }

    /** One word. */
    String word(Random random) {
        return switch (random.nextInt(8)) {
            case 0, 1, 2 -> OPTIONS.get(random.nextInt(OPTIONS.size()));
            case 3, 4 -> VALUES.get(random.nextInt(VALUES.size()));
            case 5 -> OPTIONS.get(random.nextInt(OPTIONS.size())) + "=" + VALUES.get(random.nextInt(VALUES.size()));
            case 6 -> files.get(random.nextInt(files.size()));
            default -> noise(random);
        };
    }

    private static String noise(Random random) {
        int length = random.nextInt(6) == 0 ? 3_000 : random.nextInt(20);
        StringBuilder text = new StringBuilder(random.nextBoolean() ? "--" : "");
        for (int i = 0; i < length; i++) {
            text.append(
                    switch (random.nextInt(4)) {
                        case 0 -> (char) random.nextInt(0x20);
                        case 1 -> (char) (0x7F + random.nextInt(0x30));
                        case 2 -> "\u001b\u202e\u2028\ufeff\ud83d=,@$".charAt(random.nextInt(9));
                        default -> (char) ('a' + random.nextInt(26));
                    });
        }
        return text.toString();
    }

    /** Whether a terminal may take a character for something else than a sign to show. */
    static boolean isUnseen(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }
}
