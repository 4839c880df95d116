package hv.kvm.vcpu;

import java.util.concurrent.atomic.AtomicBoolean;

/** The entry as KVM_RUN is documented: the flag or a signal that waits keeps the VP out or brings it back. */
final class ModelEntry implements Entry {
    private final Runnable guest;
    private final AtomicBoolean signal = new AtomicBoolean();
    private volatile boolean immediateExit;

    /** What the guest does in one entry. */
    ModelEntry(Runnable guest) {
        this.guest = guest;
    }

    /** Whether the VP comes back at once. */
    boolean isCalledBack() {
        return immediateExit || signal.get();
    }

    @Override
    public boolean enter() {
        if (isCalledBack()) {
            return false;
        }
        guest.run();
        return !isCalledBack();
    }

    @Override
    public void immediateExit(boolean on) {
        immediateExit = on;
    }

    @Override
    public int signal() {
        immediateExit = true;
        signal.set(true);
        return 0;
    }

    @Override
    public void takeSignal() {
        signal.set(false);
    }
}
