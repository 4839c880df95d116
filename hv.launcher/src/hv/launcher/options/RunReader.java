package hv.launcher.options;

import hv.api.VpSet;
import hv.flags.OptionReader;
import hv.flags.Shown;
import hv.launcher.options.RunOptions.Backend;
import hv.launcher.options.RunOptions.OnCrash;
import hv.launcher.options.RunOptions.SaveAt;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the values of the options of {@code run}, and says what is wrong with them; used by one call. */
final class RunReader implements OptionReader.Refusals<IllegalArgumentException> {
    static final String CONSOLE = "--console";

    static final String TEST_DEVICE = "hyperv-testdev";

    private static final String VMBUS = "--vmbus";

    /** Options without a value. */
    static final List<String> SWITCHES = List.of(VMBUS, CONSOLE);

    private static final long MIB = 1L << 20;
    private static final long MIN_MEMORY = 16 * MIB;
    private static final long MAX_MEMORY = 1L << 44;

    /** Options with a value. */
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
            "--device",
            "--disk",
            "--net",
            "--on-sigterm");

    private static final Pattern SAVE_AT = Pattern.compile("([0-9]{1,8})(ms|s)=(.+)", Pattern.DOTALL);
    private static final long MOST_MILLIS = 86_400_000;
    private static final String SHUTDOWN = "shutdown";

    /** Less than the 90 that systemd gives a service. */
    private static final String USUAL_SECONDS = "60";

    private static final int MOST_SECONDS = 86_400;
    private static final Pattern GRACEFUL_END = Pattern.compile(SHUTDOWN + "(?:=([0-9]{1,5}))?");

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
    private boolean vmbus;
    private final List<DeviceOption> devices = new ArrayList<>();
    private final List<String> disks = new ArrayList<>();
    private int networks;
    private Optional<Duration> gracefulEnd = Optional.empty();
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
                    case "--device" -> " heartbeat";
                    case "--disk" -> " disk.img";
                    case "--net" -> " user";
                    case "--on-sigterm" -> " shutdown";
                    default -> " FILE";
                };
    }

    @Override
    public IllegalArgumentException unknown(String typed) {
        int equals = typed.startsWith("--") ? typed.indexOf('=') : -1;
        String name = equals < 0 ? typed : typed.substring(0, equals);
        return new IllegalArgumentException(
                name.startsWith("--jail")
                        ? Shown.word(name)
                                + " is for the script, which then starts this program inside bubblewrap: ./hv run --jail"
                        : "run does not know '%s'; it knows %s %s"
                                .formatted(Shown.word(typed), String.join(" ", NAMES), String.join(" ", SWITCHES)));
    }

    @Override
    public IllegalArgumentException valueless(String option) {
        return new IllegalArgumentException(option + " needs a value, as in " + example(option));
    }

    void read(String name, String value) {
        if (name.equals(OptionReader.WORD)) {
            throw unknown(value);
        }
        if (SWITCHES.contains(name)) {
            console |= name.equals(CONSOLE);
            vmbus |= name.equals(VMBUS);
            return;
        }
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
            case "--disk" -> disks.add(disk(value));
            case "--net" -> add(DeviceOption.network(value, networks++));
            case "--on-sigterm" -> gracefulEnd = gracefulEnd(value);
            case "--on-crash" -> onCrash = choice(OnCrash.class, name, value);
            default -> throw new IllegalStateException(name);
        }
    }

    RunOptions finish() {
        if (!disks.isEmpty()) {
            add(DeviceOption.disks(disks));
        }
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
        if ((given.contains("--device") || !disks.isEmpty() || networks > 0 || vmbus) && backend == Backend.HOSTED) {
            String asked = vmbus ? VMBUS : !disks.isEmpty() ? "--disk" : networks > 0 ? "--net" : "--device";
            throw new IllegalArgumentException("--backend hosted has no %s; leave one of the two out".formatted(asked));
        }
        boolean hasShutdown = devices.stream().anyMatch(device -> device.kind().equals(SHUTDOWN));
        if (gracefulEnd.isPresent() && !vmbus && !hasShutdown) {
            throw new IllegalArgumentException(
                    "--on-sigterm shutdown needs a device that can ask the guest; add --vmbus or --device shutdown");
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
                vmbus,
                devices,
                gracefulEnd,
                given);
    }

    private void device(String value) {
        if (value.equals(TEST_DEVICE)) {
            given.add(TEST_DEVICE);
            return;
        }
        add(DeviceOption.parse(value));
    }

    /** What a disk is, its device says; but that it is one line. */
    private static String disk(String value) {
        if (value.isBlank() || value.chars().anyMatch(c -> c < 0x20)) {
            throw new IllegalArgumentException("--disk takes FILE[,readonly][,serial=S][,format=raw|qcow2|...]");
        }
        return value;
    }

    private void add(DeviceOption device) {
        if (devices.stream().anyMatch(other -> other.name().equals(device.name()))) {
            throw new IllegalArgumentException(
                    "--device: there are two with the name %1$s; give one another, as %2$s,name=%2$s2"
                            .formatted(device.name(), device.kind()));
        }
        devices.add(device);
    }

    private static Optional<Duration> gracefulEnd(String value) {
        if (value.equals("stop")) {
            return Optional.empty();
        }
        Matcher wanted = GRACEFUL_END.matcher(value);
        String seconds = !wanted.matches() ? "" : wanted.group(1) == null ? USUAL_SECONDS : wanted.group(1);
        int limit = OptionReader.number(seconds, 1, MOST_SECONDS)
                .orElseThrow(() -> new IllegalArgumentException(
                        "--on-sigterm takes stop, shutdown or shutdown=SECONDS from 1 to %d, not '%s'"
                                .formatted(MOST_SECONDS, Shown.word(value))));
        return Optional.of(Duration.ofSeconds(limit));
    }

    private static int smp(String value) {
        return OptionReader.number(value, 1, VpSet.MAX_VPS)
                .orElseThrow(() -> new IllegalArgumentException(
                        "--smp takes a number from 1 to %d, not '%s'".formatted(VpSet.MAX_VPS, Shown.word(value))));
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
        throw new IllegalArgumentException("--memory takes a multiple of 4K from 16M to 16384G, as 256M or 4G, not '%s'"
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
        throw new IllegalArgumentException("%s takes one of %s, not '%s'".formatted(name, words, Shown.word(value)));
    }
}
