package hv.vmbus;

import hv.api.vmbus.PageList;

/**
 * How a guest has opened a channel.
 *
 * @param id the guest's own, which its answer carries
 * @param gpadl the memory of both rings
 * @param pages the same, whole pages
 * @param hostRing the page at which the ring begins that the host writes; both rings have two pages or more
 */
record Opening(int id, int gpadl, PageList pages, int hostRing) {
    /** Whether rings can be laid over these pages like that. */
    static boolean isPossible(PageList pages, int hostRing) {
        return pages != null && pages.isWhole() && hostRing >= 2 && hostRing <= pages.pages() - 2;
    }
}
