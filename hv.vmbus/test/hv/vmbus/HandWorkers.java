package hv.vmbus;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** Workers that work when the test says so, on its thread and by its clock. */
final class HandWorkers implements Workers {
    private record Later(long at100ns, Runnable task) {}

    private final LongSupplier clock100ns;
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final List<Later> timers = new ArrayList<>();

    HandWorkers(LongSupplier clock100ns) {
        this.clock100ns = clock100ns;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public void later(long delay100ns, Runnable task) {
        timers.add(new Later(clock100ns.getAsLong() + delay100ns, task));
    }

    /** How many timers there are. */
    int timers() {
        return timers.size();
    }

    /** Does one task, if there is one. */
    void turn() {
        Runnable task = tasks.poll();
        if (task != null) {
            task.run();
        }
    }

    /** Works until there is nothing left to do at this moment. */
    void run() {
        while (true) {
            for (Later timer : List.copyOf(timers)) {
                if (timer.at100ns() <= clock100ns.getAsLong() && timers.remove(timer)) {
                    timer.task().run();
                }
            }
            Runnable task = tasks.poll();
            if (task == null) {
                return;
            }
            task.run();
        }
    }
}
