package hv.kvm.vcpu;

/** A VP's door into the guest, and the two things that keep it out or bring it back: a flag and a signal. */
interface Entry {
    /**
     * Enters the guest until it exits; does not enter it while the flag is set or a signal waits. On the VP's thread.
     *
     * @return whether the guest has made an exit; false: it was brought back, or has to be entered again
     */
    boolean enter();

    /** Sets or clears the flag. Any thread. */
    void immediateExit(boolean on);

    /**
     * Sets the flag and sends the signal; without effect while the VP's thread does not run. Any thread.
     *
     * @return 0, or the error for which it could not be sent
     */
    int signal();

    /** Takes a signal that waits. On the VP's thread. */
    void takeSignal();
}
