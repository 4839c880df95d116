package hv.api.host;

import java.time.Instant;

/**
 * What a guest wrote into the crash MSRs before it asked for notice (TLFS "Guest Crash Enlightenment").
 *
 * @param partition id of the partition
 * @param vp index of the VP that wrote the control register
 * @param p0 first parameter: the bug check code of a Windows guest
 * @param p1 second parameter
 * @param p2 third parameter
 * @param p3 fourth parameter
 * @param p4 fifth parameter
 * @param at host's wall clock
 */
public record CrashReport(int partition, int vp, long p0, long p1, long p2, long p3, long p4, Instant at) {
    /** One line: the five parameters in hex, in QEMU's order. */
    public String parameters() {
        return "(%#x %#x %#x %#x %#x)".formatted(p0, p1, p2, p3, p4);
    }
}
