package hv.vmbus;

/** The bus as one of its channels sees it. Any thread. */
interface Carrier {
    /** The guest's reference time. */
    long now100ns();

    /** The version that guest and bus have agreed on; 0 if they have not. */
    int version();

    /** What the guest has described of its memory, and that memory. */
    Gpadls gpadls();

    /** Sets the channel's event flag on a VP. */
    void signal(int vp, int number);

    /** Whether no device may be called. */
    boolean isPaused();

    /** Has the bus do what there is to do. */
    void poke();

    /** The device has opened the channel with this number, or has failed to. */
    void opened(int number, Opening opening, boolean isOpened);

    /** The device has failed: its channel is to be closed. */
    void closeSoon(int number);

    /** The guest has written into a ring what cannot be. */
    void ringBroken(int number);
}
