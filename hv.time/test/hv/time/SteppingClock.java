package hv.time;

import hv.api.enlightenment.ReferenceClock;

/** A line whose scale and offset are the same number, so that a reader who gets halves of two lines can tell. */
final class SteppingClock implements ReferenceClock {
    private volatile long line = 1;

    void step() {
        line++;
    }

    @Override
    public long now100ns() {
        return 0;
    }

    @Override
    public long tsc() {
        return 0;
    }

    @Override
    public long tscFrequencyHz() {
        return 1_000_000_000;
    }

    @Override
    public long scale() {
        return line;
    }

    @Override
    public long offset100ns() {
        return line;
    }
}
