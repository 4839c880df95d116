package hv.testkit;

/**
 * A VP that runs a random program on a thread of its own until it is told to stop, and counts how often it accesses
 * MSRs.
 */
final class VpAtWork {
    private final Guest guest;
    private final int vp;
    private final RandomProgram program;
    private final Thread thread;
    private volatile boolean goesOn = true;
    private volatile Throwable failure;
    private long accesses;

    VpAtWork(Guest guest, int vp, RandomProgram program) {
        this.guest = guest;
        this.vp = vp;
        this.program = program;
        thread = new Thread(this::run, "hv-vp-" + vp);
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (goesOn) {
                String outcome = program.step(guest, vp, false);
                if (outcome.startsWith("read") || outcome.startsWith("write")) {
                    accesses++;
                }
            }
        } catch (Throwable e) {
            failure = e;
        }
    }

    /** Has it stop after the access it is at. */
    void finish() throws InterruptedException {
        goesOn = false;
        thread.join();
        if (failure != null) {
            throw new AssertionError("VP " + vp, failure);
        }
    }

    /** How many accesses to MSRs it has made. Once it has finished. */
    long accesses() {
        return accesses;
    }
}
