package hv.oracle.judge;

import hv.oracle.answer.Hv;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What QEMU's messages are about. Without state. */
final class Complaint {
    /** Group 1 is the name, the way QEMU writes it there. */
    private static final List<Pattern> NAMED = List.of(
            Pattern.compile("Property '[^']*-cpu\\.([^']*)' not found"),
            Pattern.compile("can't apply global [^ ]*-cpu\\.([^=]+)="),
            Pattern.compile("Parameter '([^']+)' expects"),
            Pattern.compile("unable to find CPU model '([^']*)'"),
            Pattern.compile("CPU model '([^']*)' requires"),
            Pattern.compile("Property [^ ]*\\.([a-z0-9_-]+) doesn't take value"),
            Pattern.compile("(hv-[a-z-]+)"));

    /** Words that QEMU has for a flag when KVM is missing something. */
    private static final List<String[]> TITLES = List.of(
            new String[] {"VP_INDEX", "hv-vpindex"},
            new String[] {"MSR 0x40000021", "hv-time"},
            new String[] {"MSR 0x40000073", "hv-vapic"},
            new String[] {"MSR 0x4000008", "hv-synic"},
            new String[] {"MSR 0x4000010", "hv-reenlightenment"},
            new String[] {"SynIC", "hv-synic"});

    private Complaint() {}

    /** The first error in what QEMU printed, without the program's name. */
    static String in(String printed) {
        return printed.lines()
                .map(line -> line.replaceFirst("^\\S*qemu\\S*: ", ""))
                .filter(line -> !line.startsWith("warning: ") && !line.startsWith("{") && !line.isBlank())
                .findFirst()
                .orElse("ended without a word");
    }

    /** What it is about. */
    static String subject(String complaint) {
        for (Pattern pattern : NAMED) {
            Matcher matcher = pattern.matcher(complaint);
            if (matcher.find()) {
                return Hv.plain(matcher.group(1));
            }
        }
        return TITLES.stream()
                .filter(title -> complaint.contains(title[0]))
                .map(title -> title[1])
                .findFirst()
                .orElse("");
    }
}
