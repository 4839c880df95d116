package hv.fuzz.storm;

import hv.api.GuestMemory;

/** A program of the guest that writes anywhere in RAM, message slots and event flags of registered pages among it. */
final class Scribbling extends Worker {
    private static final int SLOT_BYTES = 256;

    Scribbling(Weather weather, long seed) {
        super(weather, seed);
    }

    @Override
    void once() {
        GuestMemory memory = weather.host().memory();
        int page = choices.below((int) (weather.host().memoryBytes() / GuestMemory.PAGE_BYTES));
        long slot = (long) page * GuestMemory.PAGE_BYTES + choices.below(16) * SLOT_BYTES;
        long gpa = slot + Integer.BYTES * choices.below(choices.either() ? 4 : 64);
        memory.putInt(gpa, choices.either() ? choices.below(300) : 0);
        weather.did("scribbles");
    }
}
