package hv.partition;

import hv.partition.failure.Limits;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Takes what an administrator has set, each value for itself. */
final class DefaultSettings {
    private static final System.Logger LOG = System.getLogger("hv.partition");

    private final Limits limits;

    DefaultSettings(Limits limits) {
        this.limits = limits;
    }

    void take(ServiceDefaults defaults) {
        set(
                "successorDeadlineMillis",
                defaults::successorDeadlineMillis,
                0,
                600_000,
                limits.successor(),
                limits::successor);
        set("stoppedLimitMillis", defaults::stoppedLimitMillis, 100, 60_000, limits.waiting(), limits::waiting);
        set("buildLimitMillis", defaults::buildLimitMillis, 100, 600_000, limits.building(), limits::building);
    }

    private static void set(
            String name, LongSupplier value, long least, long most, Duration before, Consumer<Duration> taken) {
        String what;
        try {
            long millis = value.getAsLong();
            if (millis >= least && millis <= most) {
                taken.accept(Duration.ofMillis(millis));
                return;
            }
            what = "not " + millis;
        } catch (Throwable e) {
            what = "and what is set is none";
        }
        LOG.log(
                System.Logger.Level.WARNING,
                "hv.partition: {0} is a number from {1} to {2}, {3}; it stays {4}",
                name,
                Long.toString(least),
                Long.toString(most),
                what,
                Long.toString(before.toMillis()));
    }
}
