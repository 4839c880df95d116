package hv.api.enlightenment;

import hv.api.GuestMemory;
import hv.api.PowerEvent;
import hv.api.VpSet;
import org.osgi.annotation.versioning.ProviderType;

/** A guest as an enlightenment sees it. Given by the partition service; every method may be called from any thread. */
@ProviderType
public interface Partition {
    /** Number that tells partitions of this JVM apart, from 1. */
    int id();

    /** What it was asked to be. */
    Configuration configuration();

    /** The guest's RAM. */
    GuestMemory memory();

    /** Reference time. */
    ReferenceClock clock();

    /** How many VPs it has. */
    int vpCount();

    /** The VP with index {@code index}, 0 to {@link #vpCount} - 1. */
    VirtualProcessor vp(int index);

    /**
     * Tells the host, the log and all listeners that the guest asked for something only the VMM can do. Returns at
     * once; what the VMM does about it is its own business.
     */
    void raise(PowerEvent event);

    /** Tells the host's scheduler that {@code vp}, on whose thread this is called, spins for a lock. */
    void spinning(VirtualProcessor vp);

    /**
     * Flushes the TLBs of VPs. When it returns true, no VP in {@code targets}, running, halted or not yet started, will
     * use a translation that was cached before the call.
     *
     * @param caller the VP on whose thread this is called; may be among the targets
     * @param targets VPs that exist
     * @return false if the host cannot do it; nothing was flushed then
     */
    boolean flushTlb(VirtualProcessor caller, VpSet targets);

    /**
     * Tells that something which host-side code has given to an enlightenment, such as a receiver of messages, has
     * thrown, so that it is logged and counted. Never throws.
     */
    void listenerFailed(Throwable failure);

    /**
     * The guest is ready for its TSC's new frequency (TLFS "Timers: Reenlightenment"): from now on its TSC runs at
     * that, and the clock's line is bent. Without effect if the TSC is not being emulated.
     */
    void endTscEmulation();
}
