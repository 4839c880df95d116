package hv.vmbus;

/**
 * What a timer does; whatever it throws is contained here.
 *
 * @param task the work
 */
record Later(Runnable task) implements Runnable {
    private static final System.Logger LOG = System.getLogger(Later.class.getName());

    @Override
    public void run() {
        try {
            task.run();
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.ERROR, "a timer of a bus failed", e);
        }
    }
}
