package hv.api.machine;

/** A device's line to the interrupt controllers. Set by the device, under its own lock, when its level changes. */
@FunctionalInterface
public interface InterruptLine {
    /** Sets the level. */
    void level(boolean high);
}
