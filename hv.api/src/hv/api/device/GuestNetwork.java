package hv.api.device;

import java.util.Map;

/**
 * A network adapter of a guest, and the cable that goes from it to something of the host's: what a netvsc device
 * offers. Any thread.
 */
public interface GuestNetwork {
    /** Its address, as {@code 52:54:00:12:34:56}; the guest's choice if it has made one. */
    String mac();

    /** What is at the other end, as it was asked for, such as {@code socket=/run/net}; empty if nothing is. */
    String backend();

    /** Whether the guest may think that its cable is plugged in: the other end is there, and nobody has pulled it. */
    boolean isUp();

    /**
     * Pulls the cable out of the adapter, or plugs it in again: the guest is told, and frames are dropped meanwhile.
     * What is at the other end stays.
     */
    void plug(boolean isPlugged);

    /**
     * Puts something else at the other end, in place of what was there. Returns at once; if it is not there, or goes
     * away, it is looked for each second, and the guest finds its cable unplugged meanwhile.
     *
     * @param backend {@code socket=PATH}, {@code tap=NAME}, {@code user}, or empty for nothing
     * @throws IllegalArgumentException if it is none of these, in one line
     */
    void attach(String backend);

    /**
     * What went through since the guest has the adapter: frames and bytes in both directions as the guest sees them,
     * and frames that were dropped, by a name for people, in the order in which they are shown.
     */
    Map<String, Long> statistics();
}
