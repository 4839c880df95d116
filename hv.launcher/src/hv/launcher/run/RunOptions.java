package hv.launcher.run;

import hv.flags.Shown;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code ./hv run} was asked for, checked as far as that can be done without starting anything.
 *
 * @param cpu flags in any syntax, {@code @FILE} or {@code -}; empty for everything that is deployed, or the profile
 * @param smp virtual processors, 1 to {@value #MAX_SMP}
 * @param memoryBytes RAM, a multiple of 4 KiB
 * @param kernel image to boot instead of our own guest
 * @param initrd its initial RAM disk
 * @param append its command line; for our own guest its options
 * @param backend where the guest runs
 * @param onCrash what happens when the guest reports a crash
 * @param console whether the console runs beside the guest
 * @param restore snapshot to continue instead of booting
 * @param saveAt snapshot to write after a time, which ends the run
 * @param profile name of a set of flags, in place of flags
 * @param given names of the options that were given
 */
public record RunOptions(
        String cpu,
        int smp,
        long memoryBytes,
        Optional<Path> kernel,
        Optional<Path> initrd,
        String append,
        Backend backend,
        OnCrash onCrash,
        boolean console,
        Optional<Path> restore,
        Optional<SaveAt> saveAt,
        Optional<String> profile,
        Set<String> given) {
    /** Copies the set. */
    public RunOptions {
        given = Set.copyOf(given);
    }

    /** Exit status for a command line that cannot be used. */
    public static final int UNUSABLE = 2;

    static final int MAX_SMP = 4096;
    private static final String TEST_DEVICE = "hyperv-testdev";
    private static final long MIB = 1L << 20;
    private static final long MIN_MEMORY = 16 * MIB;
    private static final long MAX_MEMORY = 1L << 44;

    /**
     * When to write a snapshot.
     *
     * @param afterMillis milliseconds after the guest was entered, 1 to 86,400,000
     * @param file where to
     */
    public record SaveAt(long afterMillis, Path file) {}

    /** Where the guest runs. */
    public enum Backend {
        AUTO,
        KVM,
        HOSTED
    }

    /** What happens when the guest reports a crash. */
    public enum OnCrash {
        CONTINUE,
        STOP,
        RESET
    }

    /**
     * Reads the arguments behind {@code run}.
     *
     * @throws IllegalArgumentException with one line that says what is wrong and what to write instead
     */
    public static RunOptions parse(String... args) {
        Reader reader = new Reader();
        for (int i = 0; i < args.length; i++) {
            int equals = args[i].startsWith("--") ? args[i].indexOf('=') : -1;
            String name = equals < 0 ? args[i] : args[i].substring(0, equals);
            if (name.equals("--console") && equals < 0) {
                reader.console = true;
            } else if (name.startsWith("--jail")) {
                throw new IllegalArgumentException(Shown.word(name)
                        + " is for the script, which then starts this program inside bubblewrap: ./hv run --jail");
            } else if (!Reader.NAMES.contains(name)) {
                throw new IllegalArgumentException("run does not know '%s'; it knows %s --console"
                        .formatted(Shown.word(args[i]), String.join(" ", Reader.NAMES)));
            } else if (equals < 0 && i + 1 == args.length) {
                throw new IllegalArgumentException(name + " needs a value, as in " + Reader.example(name));
            } else {
                reader.read(name, equals < 0 ? args[++i] : args[i].substring(equals + 1));
            }
        }
        return reader.finish();
    }

    /** Whether the machine has the device that test kernels for the synthetic interrupt controller expect. */
    boolean hasTestDevice() {
        return given.contains("--device");
    }

    /** The same with VPs, memory and back end of a snapshot where none were given. */
    RunOptions completedBy(int vps, long bytes, String backEnd) {
        Backend saved = switch (backEnd) {
            case "kvm" -> Backend.KVM;
            case "hosted" -> Backend.HOSTED;
            default -> backend;
        };
        return new RunOptions(
                cpu,
                given.contains("--smp") ? smp : vps,
                given.contains("--memory") ? memoryBytes : bytes,
                kernel,
                initrd,
                append,
                backend == Backend.AUTO ? saved : backend,
                onCrash,
                console,
                restore,
                saveAt,
                profile,
                given);
    }

    /** Collects values; used by one call. */
    private static final class Reader {
        static final List<String> NAMES = List.of(
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
                "--device");
        private static final Pattern SAVE_AT = Pattern.compile("([0-9]{1,8})(ms|s)=(.+)", Pattern.DOTALL);
        private static final long MOST_MILLIS = 86_400_000;

        private String cpu = "";
        private int smp = 1;
        private long memoryBytes = 256 * MIB;
        private Optional<Path> kernel = Optional.empty();
        private Optional<Path> initrd = Optional.empty();
        private Optional<String> append = Optional.empty();
        private Backend backend = Backend.AUTO;
        private OnCrash onCrash = OnCrash.CONTINUE;
        private boolean console;
        private Optional<Path> restore = Optional.empty();
        private Optional<SaveAt> saveAt = Optional.empty();
        private Optional<String> profile = Optional.empty();
        private final Set<String> given = new HashSet<>();

        static String example(String name) {
            return name
                    + switch (name) {
                        case "--cpu" -> " hv-relaxed,hv-time";
                        case "--smp" -> " 2";
                        case "--memory" -> " 256M";
                        case "--backend" -> " kvm";
                        case "--on-crash" -> " stop";
                        case "--append" -> " 'console=ttyS0'";
                        case "--save-at" -> " 500ms=FILE";
                        case "--profile" -> " windows";
                        case "--device" -> " " + TEST_DEVICE;
                        default -> " FILE";
                    };
        }

        void read(String name, String value) {
            given.add(name);
            switch (name) {
                case "--cpu" -> cpu = value;
                case "--smp" -> smp = smp(value);
                case "--memory" -> memoryBytes = memory(value);
                case "--kernel" -> kernel = Optional.of(file(name, value));
                case "--initrd" -> initrd = Optional.of(file(name, value));
                case "--append" -> append = Optional.of(printable(name, value));
                case "--backend" -> backend = choice(Backend.class, name, value);
                case "--restore" -> restore = Optional.of(file(name, value));
                case "--save-at" -> saveAt = Optional.of(saveAt(value));
                case "--profile" -> profile = Optional.of(value);
                case "--device" -> device(value);
                case "--on-crash" -> onCrash = choice(OnCrash.class, name, value);
                default -> throw new IllegalStateException(name);
            }
        }

        RunOptions finish() {
            if (profile.isPresent() && !cpu.isEmpty()) {
                throw new IllegalArgumentException(
                        "--profile and --cpu both say what the flags are; leave one of the two out");
            }
            if (kernel.isEmpty() && initrd.isPresent()) {
                throw new IllegalArgumentException("--initrd is for a kernel of yours; add --kernel FILE");
            }
            if (kernel.isPresent() && backend == Backend.HOSTED) {
                throw new IllegalArgumentException(
                        "--backend hosted has no CPU to run --kernel on; leave one of the two out");
            }
            if (given.contains("--device") && backend == Backend.HOSTED) {
                throw new IllegalArgumentException("--backend hosted has no --device; leave one of the two out");
            }
            return new RunOptions(
                    cpu,
                    smp,
                    memoryBytes,
                    kernel,
                    initrd,
                    append.orElse(""),
                    backend,
                    onCrash,
                    console,
                    restore,
                    saveAt,
                    profile,
                    given);
        }

        private static void device(String value) {
            if (!value.equals(TEST_DEVICE)) {
                throw new IllegalArgumentException(
                        "--device takes %s, not '%s'".formatted(TEST_DEVICE, Shown.word(value)));
            }
        }

        private static int smp(String value) {
            try {
                int number = Integer.parseInt(value);
                if (number >= 1 && number <= MAX_SMP) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // said below
            }
            throw new IllegalArgumentException(
                    "--smp takes a number from 1 to %d, not '%s'".formatted(MAX_SMP, Shown.word(value)));
        }

        private static long memory(String value) {
            String text = value.toUpperCase(Locale.ROOT);
            int shift = text.endsWith("G") ? 30 : text.endsWith("M") ? 20 : text.endsWith("K") ? 10 : 0;
            String digits = shift == 0 ? text : text.substring(0, text.length() - 1);
            try {
                // 14 digits cannot overflow with the largest unit.
                long bytes = digits.length() > 8 + (shift == 0 ? 6 : 0) ? -1 : Long.parseLong(digits) << shift;
                if (bytes >= MIN_MEMORY && bytes <= MAX_MEMORY && bytes % 4096 == 0) {
                    return bytes;
                }
            } catch (NumberFormatException e) {
                // said below
            }
            throw new IllegalArgumentException(
                    "--memory takes a multiple of 4K from 16M to 16384G, as 256M or 4G, not '%s'"
                            .formatted(Shown.word(value)));
        }

        private static SaveAt saveAt(String value) {
            Matcher matcher = SAVE_AT.matcher(value);
            try {
                if (matcher.matches()) {
                    long millis =
                            Long.parseLong(matcher.group(1)) * (matcher.group(2).equals("s") ? 1_000 : 1);
                    if (millis >= 1 && millis <= MOST_MILLIS) {
                        return new SaveAt(millis, Path.of(matcher.group(3)));
                    }
                }
            } catch (InvalidPathException e) {
                // said below
            }
            throw new IllegalArgumentException(
                    "--save-at takes a time from 1ms to 86400s and a file, as 500ms=FILE, not '%s'"
                            .formatted(Shown.word(value)));
        }

        /** What guests and their boot protocols take for a command line. How long it may be, the image tells. */
        private static String printable(String name, String value) {
            if (value.chars().anyMatch(c -> c < 0x20 || c > 0x7E)) {
                throw new IllegalArgumentException(name + " takes printable ASCII characters alone, on one line");
            }
            return value;
        }

        private static Path file(String name, String value) {
            Path path = path(name, value);
            if (!Files.exists(path)) {
                throw new IllegalArgumentException("%s %s: there is no such file".formatted(name, Shown.file(value)));
            }
            if (!Files.isRegularFile(path)) {
                throw new IllegalArgumentException("%s %s: not a file".formatted(name, Shown.file(value)));
            }
            if (!Files.isReadable(path)) {
                throw new IllegalArgumentException("%s %s: may not be read".formatted(name, Shown.file(value)));
            }
            return path;
        }

        private static Path path(String name, String value) {
            try {
                return Path.of(value);
            } catch (InvalidPathException e) {
                throw new IllegalArgumentException(
                        "%s %s: no file can have this name".formatted(name, Shown.file(value)), e);
            }
        }

        private static <E extends Enum<E>> E choice(Class<E> type, String name, String value) {
            StringBuilder words = new StringBuilder();
            for (E constant : type.getEnumConstants()) {
                String word = constant.name().toLowerCase(Locale.ROOT);
                if (word.equals(value)) {
                    return constant;
                }
                words.append(words.isEmpty() ? "" : ", ").append(word);
            }
            throw new IllegalArgumentException(
                    "%s takes one of %s, not '%s'".formatted(name, words, Shown.word(value)));
        }
    }
}
