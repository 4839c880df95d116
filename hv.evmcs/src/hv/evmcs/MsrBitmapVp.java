package hv.evmcs;

import hv.api.StateException;
import hv.api.enlightenment.Peer;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.enlightenment.VirtualProcessor;
import hv.api.enlightenment.VpAttachment;
import hv.api.nested.CleanGroup;
import hv.api.nested.EnlightenedVmcb;
import hv.api.nested.EvmcsField;
import hv.api.nested.MsrBitmapMerge;
import hv.api.nested.Vmcs;

/** The merge rule on one VP: a flag that says "merge anew", and the address of the VMCB it was last asked about. */
final class MsrBitmapVp implements MsrBitmapMerge, VpAttachment {
    private final boolean isPromised;
    private final boolean isEvmcsPromised;
    private final Peer<EvmcsVp> evmcs;
    private boolean isStale = true;
    private long lastVmcb = -1;

    MsrBitmapVp(VirtualProcessor vp) {
        this.isPromised = vp.partition().configuration().isEnabled("emsr-bitmap");
        this.isEvmcsPromised = vp.partition().configuration().isEnabled("evmcs");
        this.evmcs = vp.peer("evmcs", EvmcsVp.class);
    }

    @Override
    public boolean canSkip() {
        if (!isPromised || !isEvmcsPromised || isStale || !evmcs.isPresent()) {
            return false;
        }
        EvmcsVp current = evmcs.get();
        return current.isOptedIn(Vmcs.ENLIGHTENED_MSR_BITMAP)
                && (current.vmcs().get(EvmcsField.CLEAN_FIELDS) & CleanGroup.MSR_BITMAP.mask()) != 0;
    }

    @Override
    public boolean canSkip(EnlightenedVmcb vmcb) {
        if (vmcb.gpa() != lastVmcb) {
            lastVmcb = vmcb.gpa();
            isStale = true;
        }
        return isPromised && !isStale && vmcb.isMsrBitmap() && vmcb.isClean();
    }

    @Override
    public void merged() {
        isStale = false;
    }

    @Override
    public void invalidate() {
        isStale = true;
    }

    @Override
    public void save(StateWriter out) {
        out.put("LastVmcb", lastVmcb);
    }

    @Override
    public void restore(StateReader in) throws StateException {
        lastVmcb = in.get("LastVmcb");
        isStale = true;
    }

    @Override
    public void reset() {
        lastVmcb = -1;
        isStale = true;
    }
}
