package hv.replay;

import hv.kvm.KvmVm;

/**
 * How long a VP of the stub guest stays in its interrupt window: until some entries into the guest in a row have
 * brought nothing. Each entry follows a kick, at which the VP does what it is asked for (expired timers, interrupts
 * without EOI). On the VP's thread.
 */
final class InterruptWindow {
    private static final int QUIET_ENTRIES = 4;

    /** No recorded window has more than a few; what comes without end must not hang the replay. */
    private static final int MAX_ENTRIES = 10_000;

    private final Mailbox mailbox;
    private long taken;
    private int quiet;
    private int entries;

    InterruptWindow(Mailbox mailbox) {
        this.mailbox = mailbox;
    }

    /** Before a window, while the VP waits for a command. */
    void open() {
        mailbox.clearCounts();
        taken = 0;
        quiet = 0;
        entries = 0;
    }

    /** Whether the VP is to stay. */
    boolean stays(KvmVm vm, int vp) {
        long now = mailbox.taken();
        quiet = now == taken ? quiet + 1 : 0;
        taken = now;
        entries++;
        if (quiet > QUIET_ENTRIES || entries > MAX_ENTRIES) {
            return false;
        }
        vm.kick(vp);
        return true;
    }
}
