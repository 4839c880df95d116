package hv.machine;

import hv.api.PowerEvent;
import hv.kvm.VmListener;
import hv.machine.MachineResult.End;

/**
 * What happens when the guest asks for a reset, says that it has crashed, or shuts a VP down: a reset, or the end of
 * the run. Hears of it on the VM's event thread.
 */
final class PowerPolicy implements VmListener {
    /** Ends the run, for the first reason that is given. */
    @FunctionalInterface
    interface Ending {
        void end(End end, int code, String line);
    }

    private final CrashAction onCrash;
    private final ResetLimit resets;
    private final Runnable reset;
    private final Ending ending;

    PowerPolicy(CrashAction onCrash, ResetLimit resets, Runnable reset, Ending ending) {
        this.onCrash = onCrash;
        this.resets = resets;
        this.reset = reset;
        this.ending = ending;
    }

    @Override
    public void power(PowerEvent event) {
        switch (event) {
            case PowerEvent.Reset _ -> resetByGuest();
            case PowerEvent.Crash crash -> crashed(crash);
        }
    }

    private void crashed(PowerEvent.Crash crash) {
        switch (onCrash) {
            case CONTINUE -> {}
            case STOP ->
                ending.end(End.CRASHED, 0, "guest crashed " + crash.report().parameters());
            case RESET -> resetByGuest();
        }
    }

    private void resetByGuest() {
        resetOr(End.RESET_LOOP, "guest reset itself more than %d times within a minute".formatted(ResetLimit.MOST));
    }

    /** What a board does: the processor's shutdown cycle resets it. Kernels that know no better way reset so. */
    @Override
    public void shutdown(int vp) {
        resetOr(
                End.SHUTDOWN,
                "VP %d shut down (triple fault), and so on after %d resets within a minute"
                        .formatted(vp, ResetLimit.MOST));
    }

    private void resetOr(End otherwise, String line) {
        if (!resets.admit()) {
            ending.end(otherwise, 0, line);
            return;
        }
        try {
            reset.run();
        } catch (Throwable e) {
            ending.end(
                    End.FAILED, 0, "reset failed: " + (e.getMessage() == null ? "nothing says why" : e.getMessage()));
        }
    }

    @Override
    public void failed(int vp, String line) {
        ending.end(End.FAILED, 0, line);
    }
}
