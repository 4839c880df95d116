package hv.flags;

import hv.api.Problem;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A text with flags, read. What the flags mean is not looked at: that is {@link hv.api.host.Hypervisor#check}. Immutable.
 *
 * @param syntax how it was written
 * @param cpu the same as an argument of QEMU's {@code -cpu}, flags of others than Hyper-V included
 * @param problems what is wrong with the way it was written, or around the flags, and is worth knowing
 */
public record FlagText(Syntax syntax, String cpu, List<Problem> problems) {
    /** Longest {@code -cpu} argument, as for {@link hv.api.host.Hypervisor#check}. */
    private static final int MAX_CPU_CHARACTERS = 64 * 1024;

    private static final Pattern PROXMOX = Pattern.compile("(?m)^(args|cpu|ostype):");
    private static final Pattern LINES = Pattern.compile("\\R");

    /** Copies the list and checks for nulls. */
    public FlagText {
        Objects.requireNonNull(syntax, "syntax");
        Objects.requireNonNull(cpu, "cpu");
        problems = List.copyOf(problems);
    }

    /**
     * Finds out which syntax a text is in, and reads it: XML is a libvirt domain, lines that begin with {@code args:}, {@code cpu:} or {@code
     * ostype:} are Proxmox's, what has a word {@code -cpu} is a command line, and everything else is flags.
     *
     * @throws UnusableTextException if it cannot be read, with one line that says why
     */
    public static FlagText of(String text) throws UnusableTextException {
        if (text.length() > TextSource.MAX_BYTES) {
            throw new UnusableTextException("the text is longer than %d MiB".formatted(TextSource.MAX_BYTES >> 20));
        }
        String plain = text.startsWith("\uFEFF") ? text.substring(1) : text;
        for (int i = 0; i < plain.length(); i++) {
            char c = plain.charAt(i);
            if (Character.isISOControl(c) && c != '\n' && c != '\r' && c != '\t') {
                throw new UnusableTextException(
                        "there is a control character (0x%02x), so it is no text".formatted((int) c));
            }
        }
        if (plain.stripLeading().startsWith("<")) {
            return LibvirtReader.read(plain.strip());
        }
        if (PROXMOX.matcher(plain).find()) {
            return ProxmoxReader.read(plain);
        }
        Optional<FlagText> line = QemuLine.find(plain);
        return line.isPresent() ? line.get() : flags(plain);
    }

    /** An argument that is not too long to be looked at. */
    static String bounded(String cpu) throws UnusableTextException {
        if (cpu.length() > MAX_CPU_CHARACTERS) {
            throw new UnusableTextException(
                    "the -cpu argument is %d characters long, more than the %d that are looked at"
                            .formatted(cpu.length(), MAX_CPU_CHARACTERS));
        }
        return cpu;
    }

    private static FlagText flags(String text) throws UnusableTextException {
        StringBuilder cpu = new StringBuilder();
        for (String line : LINES.split(text)) {
            String words = line.strip();
            if (!words.isEmpty() && !words.startsWith("#")) {
                cpu.append(cpu.isEmpty() ? "" : ",").append(words);
            }
        }
        String flags = bounded(cpu.toString());
        return new FlagText(Syntax.QEMU, flags, Surroundings.ofFlags(flags));
    }
}
