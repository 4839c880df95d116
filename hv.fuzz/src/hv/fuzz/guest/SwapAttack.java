package hv.fuzz.guest;

import hv.api.SavedState;
import hv.api.dto.SwapDTO;
import hv.fuzz.target.Choices;
import hv.fuzz.target.Finding;

/** A new object of an enlightenment takes over from the one in place; the state is the same afterwards. */
final class SwapAttack implements Attack {
    @Override
    public void on(AttackedPartition partition, Choices choices) {
        SavedState before = partition.save();
        String id = partition.slots.get(choices.below(partition.slots.size()));
        SwapDTO swap = partition.partition.places().swap(id, "");
        if (!swap.succeeded()) {
            throw new Finding("the swap of %s is refused: %s".formatted(id, swap.outcome()));
        }
        partition.askForPages();
        String difference = StateDifference.of(before, partition.save());
        if (!difference.isEmpty()) {
            throw new Finding("the swap of %s has changed:%s".formatted(id, difference));
        }
    }
}
