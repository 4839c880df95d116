package hv.hosted;

import hv.api.PowerEvent;

/**
 * Is told what a partition asks of its host at the moment it asks. Implemented by whoever plays the CPU: a guest
 * interpreter wakes its VP threads and counts their interrupts here. Called on the thread where it happens; must return
 * soon and must not call the partition back.
 */
public interface HostedListener {
    /** VP {@code vp} was asked to leave the guest and to drain. */
    default void kicked(int vp) {}

    /** An interrupt was requested. */
    default void interrupted(int vp, int vector) {}

    /** VP {@code vp} said that it spins for a lock. */
    default void spinning(int vp) {}

    /** The guest asked for something only the VMM can do. */
    default void power(PowerEvent event) {}
}
