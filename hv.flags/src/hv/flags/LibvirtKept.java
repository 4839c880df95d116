package hv.flags;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Pieces of a domain that are written as they were when its flags change. Immutable.
 *
 * @param cpu the whole {@code <cpu>}; empty if the domain has no such element
 * @param clock the opening tag of {@code <clock>}; empty if the domain has no such element
 * @param timers the timers in it that are not hypervclock
 * @param mode the mode of {@code <hyperv>}
 * @param isWhole whether a whole domain was read, so that what was not in it is not to be added
 */
record LibvirtKept(String cpu, String clock, List<String> timers, Optional<String> mode, boolean isWhole) {
    /** Nothing is kept. */
    static final LibvirtKept NOTHING = new LibvirtKept("", "", List.of(), Optional.empty(), false);

    private static final Pattern CPU = Pattern.compile("<cpu(\\s[^<>]*)?>");
    private static final Pattern CLOCK = Pattern.compile("<clock(\\s[^<>]*)?>");
    private static final Pattern TIMER = Pattern.compile("<timer\\s[^<>]*>");

    /** Finds them in XML that was read without an error. */
    static LibvirtKept of(String xml, Optional<String> mode, boolean isWhole) {
        String domain = xml.substring(Math.max(0, Math.max(xml.lastIndexOf("<domain "), xml.lastIndexOf("<domain>"))));
        Matcher clock = CLOCK.matcher(domain);
        String tag = "";
        List<String> timers = new ArrayList<>();
        if (clock.find()) {
            tag = isClosed(clock.group()) ? clock.group().replace("/>", ">") : clock.group();
            String inside = element(domain, clock, "</clock>");
            Matcher timer = TIMER.matcher(inside);
            int at = 0;
            while (timer.find(at)) {
                String whole = element(inside, timer, "</timer>");
                if (!whole.contains("hypervclock")) {
                    timers.add(whole);
                }
                at = timer.start() + Math.max(1, whole.length());
            }
        }
        Matcher cpu = CPU.matcher(domain);
        return new LibvirtKept(
                cpu.find() ? element(domain, cpu, "</cpu>") : "", tag, List.copyOf(timers), mode, isWhole);
    }

    /** The element that begins with a tag that was found. */
    private static String element(String xml, Matcher tag, String closing) {
        if (isClosed(tag.group())) {
            return tag.group();
        }
        int end = xml.indexOf(closing, tag.end());
        return end < 0 ? "" : xml.substring(tag.start(), end + closing.length());
    }

    private static boolean isClosed(String tag) {
        return tag.endsWith("/>");
    }
}
