package hv.machine;

/** A device's line to the interrupt controllers. Set by the device, under its own lock, when its level changes. */
@FunctionalInterface
interface InterruptLine {
    /** For a device whose line leads nowhere. */
    InterruptLine UNCONNECTED = high -> {};

    /** Sets the level. */
    void level(boolean high);
}
