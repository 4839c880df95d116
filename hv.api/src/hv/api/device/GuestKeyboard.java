package hv.api.device;

/** The keyboard of a guest: what a keyboard device offers. Any thread. */
public interface GuestKeyboard {
    /** Whether the guest has a driver that listens. */
    boolean isPossible();

    /**
     * Presses or lets go of a key.
     *
     * @param scanCode of set 1, 1 to 0x7F
     * @param isExtended whether the key's code has 0xE0 in front
     * @return false, and nothing happens, if the guest does not listen, or has made no room yet for 64 earlier ones
     * @throws IllegalArgumentException if there is no such code
     */
    boolean key(int scanCode, boolean isExtended, boolean isPressed);
}
