package hv.fuzz.storm;

import hv.fuzz.target.Choices;

/** A thread of a storm: does one thing after the other until the storm is over. */
abstract class Worker implements Runnable {
    final Weather weather;
    final Choices choices;

    Worker(Weather weather, long seed) {
        this.weather = weather;
        this.choices = Choices.random(seed);
    }

    /** The next thing. */
    abstract void once() throws Exception;

    @Override
    public final void run() {
        try {
            while (!weather.isOver()) {
                once();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            weather.problem(e);
        }
    }

    /** What it is, for people. */
    String name() {
        return getClass().getSimpleName();
    }
}
