package hv.guest;

import hv.api.StateException;
import hv.api.machine.SectionReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What a VP has to say about a part: the values it reports, and how the part ended. Bounded, as the kernel's buffers
 * are.
 */
final class VpReport {
    /** What became of a part. */
    enum Outcome {
        OK("ok"),
        FAIL("FAIL"),
        SKIP("skip");

        private final String word;

        Outcome(String word) {
            this.word = word;
        }

        /** As it stands in the report. */
        String word() {
            return word;
        }
    }

    private static final int TEXT_MAX = 1000;
    private static final String OUTCOME = "Outcome";
    private static final String REPORTED = "Reported";
    private static final String MESSAGE = "Message";

    private final StringBuilder values = new StringBuilder();
    private String message = "";
    private Outcome outcome;

    void add(String name, String value) {
        values.append(values.isEmpty() ? "" : " ").append(name).append('=').append(value);
        values.setLength(Math.min(values.length(), TEXT_MAX));
    }

    void end(Outcome how, String text) {
        outcome = how;
        message = text.substring(0, Math.min(text.length(), TEXT_MAX));
    }

    /** Null while the part runs. */
    Outcome outcome() {
        return outcome;
    }

    /** What follows the outcome in the report. */
    String text() {
        return message.isEmpty() || values.isEmpty() ? message + values : message + " " + values;
    }

    void save(Map<String, Long> to, Map<String, byte[]> bytes) {
        to.put(OUTCOME, outcome == null ? 0L : outcome.ordinal() + 1);
        bytes.put(REPORTED, values.toString().getBytes(StandardCharsets.US_ASCII));
        bytes.put(MESSAGE, message.getBytes(StandardCharsets.US_ASCII));
    }

    static VpReport restored(SectionReader from) throws StateException {
        VpReport report = new VpReport();
        int outcome = from.value(OUTCOME, 0, Outcome.values().length);
        report.outcome = outcome == 0 ? null : Outcome.values()[outcome - 1];
        report.values.append(Strings.printable(from.bytesUpTo(REPORTED, TEXT_MAX)));
        report.message = Strings.printable(from.bytesUpTo(MESSAGE, TEXT_MAX));
        return report;
    }
}
