package hv.fuzz.guest;

import hv.api.GuestMemory;
import hv.fuzz.target.Choices;

/** The guest stores something anywhere, registered pages included. */
final class MemoryAttack implements Attack {
    private static final int MESSAGE_BYTES = 256;

    @Override
    public void on(AttackedPartition partition, Choices choices) {
        GuestMemory memory = partition.memory();
        long gpa = Addresses.choose(choices, partition.memoryBytes()) & -Integer.BYTES;
        int times = choices.oneIn(8) ? 64 : 1;
        int step = choices.either() ? MESSAGE_BYTES : Integer.BYTES;
        int value = choices.oneIn(3) ? (int) choices.any() : 0;
        for (int i = 0; i < times; i++, gpa += step) {
            if (memory.isRam(gpa, Integer.BYTES)) {
                memory.putInt(gpa, value);
            }
        }
    }
}
