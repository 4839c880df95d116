package hv.fuzz.guest;

import hv.fuzz.target.Choices;

/** One kind of thing that a guest, its VMM or host-side code can do to a partition. */
@FunctionalInterface
interface Attack {
    /** Does one, chosen by {@code choices}. */
    void on(AttackedPartition partition, Choices choices) throws Exception;
}
