package hv.testkit;

/** The guest's driver of one device, as a test plays it. One thread. */
@FunctionalInterface
public interface GuestDriver {
    /**
     * One exchange with the device, whole.
     *
     * @return what was said in both directions, without what depends on the time
     */
    String exchange();
}
