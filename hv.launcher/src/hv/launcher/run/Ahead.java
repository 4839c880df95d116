package hv.launcher.run;

import hv.kvm.Kvm;
import java.lang.System.Logger.Level;

/**
 * Asks KVM, on a thread of its own while the framework starts, what a run asks it later: the code for that is then
 * loaded and linked, which takes longer than the answer. For a program that has the bundles' classes; without them, and
 * without KVM, nothing comes of it, and the run says so in its turn.
 */
public final class Ahead {
    private static final System.Logger LOG = System.getLogger(Ahead.class.getName());

    private Ahead() {}

    /** Begins; nobody waits for it. */
    public static void start() {
        Thread.ofPlatform().name("hv-ahead").daemon().start(Ahead::ask);
    }

    private static void ask() {
        try {
            if (Kvm.whyUnusable().isEmpty()) {
                Kvm.facts();
            }
        } catch (Throwable e) {
            LOG.log(Level.DEBUG, "not asked ahead", e);
        }
    }
}
