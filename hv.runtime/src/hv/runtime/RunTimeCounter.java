package hv.runtime;

import hv.api.StateException;
import hv.api.enlightenment.MsrHandler;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.enlightenment.VirtualProcessor;
import hv.api.enlightenment.VpAttachment;

/**
 * The run time of one VP: what the host counts, from an origin of its own, and an offset that makes it start at 0 and,
 * after a restore, at what was saved.
 */
final class RunTimeCounter implements VpAttachment, MsrHandler {
    private static final String VP_RUNTIME = "HV_X64_MSR_VP_RUNTIME";

    private final VirtualProcessor vp;
    private long offset100ns;
    private long saved100ns;

    /** What {@link #restore} took; 0 if it was not called. */
    private long restored100ns;

    RunTimeCounter(VirtualProcessor vp) {
        this.vp = vp;
        set(0);
    }

    /** What was saved last. */
    long saved100ns() {
        return saved100ns;
    }

    /** Where the host's count was when that was saved. */
    long hostWhenSaved100ns() {
        return saved100ns - offset100ns;
    }

    /**
     * Goes on where a predecessor was that stood at {@code then100ns} when the host's count was {@code host100ns}; not
     * if another value was restored, after a reset that came in between.
     */
    void goOn(long then100ns, long host100ns) {
        if (restored100ns == then100ns) {
            offset100ns = then100ns - host100ns;
        }
    }

    private void set(long now100ns) {
        offset100ns = now100ns - vp.runTime100ns();
    }

    @Override
    public MsrHandler msr(int msr) {
        return this;
    }

    @Override
    public long read(int msr) {
        return vp.runTime100ns() + offset100ns;
    }

    @Override
    public void save(StateWriter out) {
        saved100ns = vp.runTime100ns() + offset100ns;
        out.put(VP_RUNTIME, saved100ns);
    }

    /** Takes the counter; 64 bits without a sign, so there is no value that it may not have. */
    @Override
    public void restore(StateReader in) throws StateException {
        restored100ns = in.get(VP_RUNTIME);
        set(restored100ns);
    }

    @Override
    public void reset() {
        set(0);
    }
}
