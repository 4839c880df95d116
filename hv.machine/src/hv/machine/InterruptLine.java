package hv.machine;

/** A device's line to the interrupt controllers. Set by the device, under its own lock, when its level changes. */
@FunctionalInterface
interface InterruptLine {
    /** Sets the level. */
    void level(boolean high);
}
