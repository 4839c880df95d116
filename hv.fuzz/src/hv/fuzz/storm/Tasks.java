package hv.fuzz.storm;

import hv.fuzz.target.Finding;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Has VPs do something and waits for it: what is never done is a lost wake-up. */
final class Tasks extends Worker {
    private static final int LONGEST_SECONDS = 60;

    Tasks(Weather weather, long seed) {
        super(weather, seed);
    }

    @Override
    void once() throws InterruptedException {
        int vp = choices.below(weather.partition().vpCount());
        long start = System.nanoTime();
        CompletableFuture<Integer> task = weather.partition().vp(vp).submit(() -> vp);
        try {
            task.get(LONGEST_SECONDS, TimeUnit.SECONDS);
            weather.taskTook(System.nanoTime() - start);
            weather.did(Storm.TASKS);
        } catch (TimeoutException e) {
            if (!weather.isOver()) {
                throw new Finding("VP %d has not done a task in %d s".formatted(vp, LONGEST_SECONDS), e);
            }
        } catch (ExecutionException e) {
            throw new Finding("VP %d has refused a task".formatted(vp), e);
        }
        Weather.rest(choices, 500);
    }
}
