package hv.faults.suite;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What strace has written about ioctls on KVM's files. */
final class IoctlTrace {
    private static final Pattern LINE = Pattern.compile("(\\d+) +ioctl\\(\\d+<([^>]*)>, (\\w+).*");
    private static final String HANDLES = "anon_inode:";

    /** How many calls of each kind count that a thread makes on a file; what comes later is the same again. */
    private static final int FIRST = 3;

    private IoctlTrace() {}

    /**
     * A call.
     *
     * @param path of the file, as strace has it
     * @param count how many calls the thread has made on this file with it
     * @param request what for
     * @param isTried whether it is worth a trial of its own
     */
    record Call(String path, int count, String request, boolean isTried) {}

    /** Those on KVM's files, in their order. */
    static List<Call> read(List<String> lines) {
        Map<String, Integer> counts = new HashMap<>();
        Map<String, Integer> kinds = new HashMap<>();
        List<Call> calls = new ArrayList<>();
        for (String line : lines) {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches() || !matcher.group(2).contains("kvm")) {
                continue;
            }
            String place = matcher.group(1) + matcher.group(2);
            int count = counts.merge(place, 1, Integer::sum);
            int kind = kinds.merge(place + matcher.group(3), 1, Integer::sum);
            boolean isTried = kind <= FIRST || matcher.group(3).equals("KVM_CHECK_EXTENSION");
            calls.add(new Call(matcher.group(2), count, matcher.group(3), isTried));
        }
        return calls;
    }

    static String shortened(String path) {
        return path.startsWith(HANDLES) ? path.substring(HANDLES.length()) : path;
    }
}
