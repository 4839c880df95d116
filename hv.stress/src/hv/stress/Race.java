package hv.stress;

import java.util.List;
import org.openjdk.jcstress.infra.TestInfo;
import org.openjdk.jcstress.infra.runners.TestList;

/**
 * One test: two threads' steps, and the outcomes that they must not have.
 *
 * @param name the subject and what is done with it, as "Mailbox.TwoRings"
 */
record Race(String name, TestInfo info) {
    private static final String SUFFIX = "Stress";

    /** All that there are, by name. */
    static List<Race> all() {
        return TestList.tests().stream()
                .map(each -> new Race(nameOf(each), TestList.getInfo(each)))
                .sorted((one, other) -> one.name.compareTo(other.name))
                .toList();
    }

    /** Classes are called as {@code hv.partition.vp.MailboxStress.TwoRings}. */
    static String nameOf(String type) {
        String[] parts = type.split("\\.");
        String subject = parts[parts.length - 2];
        return subject.substring(0, subject.length() - SUFFIX.length()) + "." + parts[parts.length - 1];
    }

    /** What it excludes, one sentence. */
    String description() {
        return info.description();
    }
}
