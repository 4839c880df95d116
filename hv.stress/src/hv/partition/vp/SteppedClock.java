package hv.partition.vp;

import hv.api.enlightenment.ReferenceClock;
import java.util.function.LongSupplier;

/** A clock that shows what it is told, on a TSC of 10 MHz. */
record SteppedClock(LongSupplier now) implements ReferenceClock {
    @Override
    public long now100ns() {
        return now.getAsLong();
    }

    @Override
    public long tsc() {
        return now100ns();
    }

    @Override
    public long tscFrequencyHz() {
        return 10_000_000;
    }

    @Override
    public long scale() {
        return -1;
    }

    @Override
    public long offset100ns() {
        return 0;
    }
}
