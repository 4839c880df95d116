package hv.hosted;

/**
 * A machine whose TSC can be given another frequency while its guest runs, as if it had been moved to another host.
 * Implemented by machines beside {@link hv.api.host.GuestMachine}; the console asks whether a machine is one. Any
 * thread but a VP's.
 */
public interface AdjustableTsc {
    /**
     * Stops the guest, changes the frequency, tells the partition, and lets the guest go on. The TSC goes on from its
     * value. A guest that has asked for TSC emulation keeps the old frequency until it is ready (TLFS "Timers:
     * Reenlightenment").
     *
     * @param frequencyHz 10,000,001 to 10^12
     * @throws IllegalArgumentException if it is out of range; nothing has changed
     */
    void changeTscFrequency(long frequencyHz);
}
