package hv.storvsc;

/** What stands behind the channels of a controller, as one of them sees it. On the thread that serves the channel. */
interface Controller {
    /** Does a request, or leaves what is to be done in it. */
    void begin(Request request);

    /** Has its work done on a thread that may wait; false if too much waits. */
    boolean submit(Request request);

    /** Whether the guest is to look for disks anew. */
    boolean isRescanDue();

    /** It has been told. */
    void rescanned();
}
