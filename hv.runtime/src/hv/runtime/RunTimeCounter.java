package hv.runtime;

import hv.api.MsrHandler;
import hv.api.StateException;
import hv.api.StateReader;
import hv.api.StateWriter;
import hv.api.VirtualProcessor;
import hv.api.VpAttachment;

/**
 * The run time of one VP: what the host counts, from an origin of its own, and an offset that makes it start at 0 and, after a restore, at
 * what was saved.
 */
final class RunTimeCounter implements VpAttachment, MsrHandler {
    private static final String VP_RUNTIME = "HV_X64_MSR_VP_RUNTIME";

    private final VirtualProcessor vp;
    private long offset100ns;

    RunTimeCounter(VirtualProcessor vp) {
        this.vp = vp;
        set(0);
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
        out.put(VP_RUNTIME, vp.runTime100ns() + offset100ns);
    }

    /** Takes the counter; 64 bits without a sign, so there is no value that it may not have. */
    @Override
    public void restore(StateReader in) throws StateException {
        set(in.get(VP_RUNTIME));
    }

    @Override
    public void reset() {
        set(0);
    }
}
