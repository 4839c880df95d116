package hv.guest;

/** How time passes for the interpreter. Called on its thread. */
@FunctionalInterface
interface Pace {
    /** All VPs wait: lets about this much time pass. */
    void nap(long nanos);

    /** Every VP that runs has carried out an instruction, or has found that it has to wait. */
    default void round() {}
}
