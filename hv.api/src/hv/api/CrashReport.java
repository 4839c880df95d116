package hv.api;

import java.time.Instant;
import java.util.stream.Collectors;

/**
 * What a guest wrote into the crash MSRs before it asked for notice (TLFS "Partitions: Partition Crash Enlightenment").
 *
 * @param partition id of the partition
 * @param vp index of the VP that wrote the control register
 * @param p0 first parameter: the bug check code of a Windows guest
 * @param p1 second parameter
 * @param p2 third parameter
 * @param p3 fourth parameter
 * @param p4 fifth parameter
 * @param at host's wall clock
 * @param message the text that {@code p3} and {@code p4} are address and length of, if the guest says so
 *     (CrashMessage): printable ASCII, tabs and line ends, at most {@value #MOST_MESSAGE_BYTES} characters; empty for
 *     none
 */
public record CrashReport(
        int partition, int vp, long p0, long p1, long p2, long p3, long p4, Instant at, String message) {
    /** Most bytes of a message: a guest page. */
    public static final int MOST_MESSAGE_BYTES = 4096;

    /** A report without a message. */
    public CrashReport(int partition, int vp, long p0, long p1, long p2, long p3, long p4, Instant at) {
        this(partition, vp, p0, p1, p2, p3, p4, at, "");
    }

    /**
     * The message as it is shown to people: each line marked, so that a guest cannot write lines that look like
     * somebody else's. Empty for none; otherwise no line end follows the last line.
     */
    public String quotedMessage() {
        return message.lines().map(line -> "  | " + line).collect(Collectors.joining("\n"));
    }

    /** One line: the five parameters in hex, in QEMU's order. */
    public String parameters() {
        return "(%#x %#x %#x %#x %#x)".formatted(p0, p1, p2, p3, p4);
    }
}
