package hv.lab.linux;

import hv.lab.report.Row;
import hv.lab.session.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * What has to hold of a guest that was frozen while a program wrote to its file system; each part begins with a step
 * that the guest has said. For one thread.
 */
public final class FreezeChecks {
    /** A write that took long, and how often a thread that writes nothing woke meanwhile, each 50 ms. */
    private static final Pattern HELD = Pattern.compile("lab: held (\\d{1,9}) ms from \\d+ with (\\d{1,9}) beats");

    /** What the host says after a save. */
    private static final Pattern STILL = Pattern.compile("file systems were still for (\\d{1,6}) ms");

    /** Fewer could be a machine that stood still. */
    private static final int LEAST_BEATS = 3;

    /** As the script says to hv:freeze, with what waking up takes in an emulator. */
    private static final long WATCHDOG_LEAST_MS = 3_500;

    private static final long WATCHDOG_MOST_MS = 9_000;

    private final String scenario;
    private final Section own;

    /** Of a scenario that printed this. */
    public FreezeChecks(String scenario, Section own) {
        this.scenario = scenario;
        this.own = own;
    }

    /** All of them. */
    public List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        Section save = own.from("lab: step frozen").until("lab: step late");
        OptionalLong saved = held(save);
        rows.add(Row.of(
                scenario,
                "hv:save keeps the file system still, and the guest's programs run",
                saved.isPresent(),
                held(saved)));
        OptionalLong still = number(save, STILL);
        rows.add(Row.of(
                scenario,
                "the host says for how long",
                still.isPresent(),
                still.isPresent() ? still.getAsLong() + " ms" : "it does not"));
        OptionalLong late = held(own.from("lab: step late").until("lab: step dead"));
        rows.add(Row.of(
                scenario,
                "nobody thaws: 4 s later the watchdog does",
                late.isPresent() && late.getAsLong() >= WATCHDOG_LEAST_MS && late.getAsLong() <= WATCHDOG_MOST_MS,
                held(late)));
        OptionalLong dead = held(own.from("lab: step again").until("lab: step stop"));
        rows.add(Row.of(
                scenario,
                "the guest's program dies in the freeze: its successor is told to thaw",
                dead.isPresent(),
                held(dead)));
        Section stalled = own.from("lab: step stop").until("lab: step go");
        boolean isTold = stalled.texts().anyMatch(text -> text.contains("the guest does not say that it freezes"));
        boolean isSaved = stalled.texts().anyMatch(text -> text.contains("saved partition"));
        rows.add(Row.of(
                scenario,
                "the guest's program stalls: it is saved all the same, and the save says so",
                isTold && isSaved,
                isTold ? "" : "the save says nothing"));
        OptionalLong elsewhere = held(own.from("lab: elsewhere"));
        rows.add(Row.of(
                scenario,
                "a guest that was saved so is thawed where it goes on",
                elsewhere.isPresent(),
                held(elsewhere)));
        List<String> written = new GuestReport(own).values("written");
        rows.add(Row.of(
                scenario,
                "all that was written is in the file, in both processes",
                written.size() == 2 && written.stream().allMatch(text -> text.endsWith(" wrong 0")),
                written.toString()));
        return rows;
    }

    /** The longest write, in milliseconds, while which others ran. */
    private static OptionalLong held(Section part) {
        return part.matches(HELD)
                .filter(found -> Integer.parseInt(found.group(2)) >= LEAST_BEATS)
                .mapToLong(found -> Long.parseLong(found.group(1)))
                .max();
    }

    private static String held(OptionalLong ms) {
        return ms.isPresent() ? "a write took " + ms.getAsLong() + " ms" : "no write was held up";
    }

    private static OptionalLong number(Section part, Pattern pattern) {
        return part.matches(pattern)
                .map(found -> found.group(1))
                .mapToLong(Long::parseLong)
                .findFirst();
    }
}
