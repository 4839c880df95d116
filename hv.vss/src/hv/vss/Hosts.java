package hv.vss;

import hv.api.vmbus.Answers;
import hv.api.vmbus.VmbusChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What hosts want of a guest and have not been answered yet: bounded, and given by any thread. All but {@link #freeze},
 * {@link #thaw} and {@link #isOpen} is called by the thread that serves the channel.
 */
final class Hosts {
    private static final int MOST_WAITING = 16;
    private static final String NO_DRIVER = "the guest has no driver that can freeze it";
    private static final String TOO_MANY = "%d earlier ones wait for the guest".formatted(MOST_WAITING);
    private static final String FREEZES = "freezes";
    private static final String TIMES = "times";
    private static final String THAWS = "thaws";

    /**
     * A wish that the guest be still.
     *
     * @param most100ns for how long at most, in units of 100 ns
     * @param answer what the guest says
     */
    record Freeze(long most100ns, CompletableFuture<Integer> answer) {}

    private final AtomicReference<VmbusChannel> open = new AtomicReference<>();
    private final ArrayBlockingQueue<Freeze> freezes = new ArrayBlockingQueue<>(MOST_WAITING);
    private final ArrayBlockingQueue<CompletableFuture<Integer>> thaws = new ArrayBlockingQueue<>(MOST_WAITING);

    boolean isOpen() {
        return open.get() != null;
    }

    /** The guest can be asked from now on. */
    void opened(VmbusChannel channel) {
        open.set(channel);
    }

    CompletableFuture<Integer> freeze(long most100ns) {
        CompletableFuture<Integer> answer = new CompletableFuture<>();
        submit(freezes, new Freeze(most100ns, answer), answer);
        return answer;
    }

    CompletableFuture<Integer> thaw() {
        CompletableFuture<Integer> answer = new CompletableFuture<>();
        submit(thaws, answer, answer);
        return answer;
    }

    private <T> void submit(ArrayBlockingQueue<T> queue, T entry, CompletableFuture<?> answer) {
        VmbusChannel channel = open.get();
        if (channel == null) {
            Answers.fail(answer, NO_DRIVER);
        } else if (!queue.offer(entry)) {
            Answers.fail(answer, TOO_MANY);
        } else {
            // Closed meanwhile: the entry is not for whoever opens the channel next.
            if (open.get() == null && queue.remove(entry)) {
                Answers.fail(answer, NO_DRIVER);
            }
            channel.wake();
        }
    }

    /** The next one that wants it still; null without. */
    Freeze nextFreeze() {
        return freezes.poll();
    }

    boolean wantThaw() {
        return !thaws.isEmpty();
    }

    /** Tells all who wanted it thawed. */
    void thawed(int status) {
        for (CompletableFuture<Integer> thaw = thaws.poll(); thaw != null; thaw = thaws.poll()) {
            Answers.complete(thaw, status);
        }
    }

    /** Nobody gets what he waits for, and nobody can want more. */
    void fail(String why) {
        open.set(null);
        freezes.forEach(freeze -> Answers.fail(freeze.answer(), why));
        thaws.forEach(thaw -> Answers.fail(thaw, why));
        forget();
    }

    /** A successor has them. */
    void forget() {
        open.set(null);
        freezes.clear();
        thaws.clear();
    }

    void handOver(Map<String, Object> given) {
        List<Freeze> all = new ArrayList<>(freezes);
        given.put(FREEZES, all.stream().map(Freeze::answer).toList());
        given.put(TIMES, all.stream().map(Freeze::most100ns).toList());
        given.put(THAWS, new ArrayList<>(thaws));
    }

    @SuppressWarnings("unchecked")
    void takeOver(Map<String, Object> given) {
        if (given.get(FREEZES) instanceof List<?> answers
                && given.get(TIMES) instanceof List<?> times
                && answers.size() == times.size()) {
            for (int i = 0; i < answers.size(); i++) {
                if (answers.get(i) instanceof CompletableFuture<?> answer && times.get(i) instanceof Long most100ns) {
                    freezes.add(new Freeze(most100ns, (CompletableFuture<Integer>) answer));
                }
            }
        }
        if (given.get(THAWS) instanceof List<?> some) {
            for (Object thaw : some) {
                if (thaw instanceof CompletableFuture<?> answer) {
                    thaws.add((CompletableFuture<Integer>) answer);
                }
            }
        }
    }
}
