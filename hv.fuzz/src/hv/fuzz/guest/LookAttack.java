package hv.fuzz.guest;

import hv.fuzz.target.Choices;
import hv.fuzz.target.Finding;
import java.util.concurrent.CompletableFuture;

/** Tools look at the partition, and have a VP do something. */
final class LookAttack implements Attack {
    private static final int ANSWER = 5;

    @Override
    public void on(AttackedPartition partition, Choices choices) {
        switch (choices.below(4)) {
            case 0 -> partition.partition.inspect();
            case 1 -> {
                partition.partition.places().all();
                partition.partition.places().history();
            }
            case 2 -> partition.host.drain(partition.partition);
            default -> {
                int vp = choices.below(partition.vps.length);
                CompletableFuture<Integer> task = partition.vps[vp].submit(() -> ANSWER);
                partition.vps[vp].drain();
                if (task.getNow(0) != ANSWER) {
                    throw new Finding("a task was not done by the drain after it");
                }
            }
        }
    }
}
