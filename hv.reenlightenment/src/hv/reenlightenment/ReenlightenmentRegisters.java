package hv.reenlightenment;

import hv.api.GuestFault;
import hv.api.StateException;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.ClockListener;
import hv.api.enlightenment.MsrHandler;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.enlightenment.VirtualProcessor;
import hv.api.enlightenment.VpAttachment;

/**
 * The registers of one partition, shared by its VPs, and what they do when the TSC's frequency changes. Reading is one
 * volatile load.
 */
final class ReenlightenmentRegisters implements Attachment, ClockListener, MsrHandler {
    private static final String REENLIGHTENMENT_CONTROL = "HV_X64_MSR_REENLIGHTENMENT_CONTROL";
    private static final String TSC_EMULATION_CONTROL = "HV_X64_MSR_TSC_EMULATION_CONTROL";
    private static final String TSC_EMULATION_STATUS = "HV_X64_MSR_TSC_EMULATION_STATUS";
    private static final String TSC_INVARIANT_CONTROL = "HV_X64_MSR_TSC_INVARIANT_CONTROL";

    private static final long VECTOR_MASK = 0xFF;
    private static final long NOTIFICATIONS_ENABLED = 1L << 16;
    private static final int TARGET_VP_SHIFT = 32;
    private static final long EMULATION_ENABLED = 1;
    private static final long EMULATION_IN_PROGRESS = 1;
    private static final long EXPOSE_INVARIANT_TSC = 1;

    private final Partition partition;
    private volatile long reenlightenmentControl;
    private volatile long emulationControl;
    private volatile long emulationStatus;
    private volatile long invariantControl;

    ReenlightenmentRegisters(Partition partition) {
        this.partition = partition;
    }

    @Override
    public VpAttachment addVp(VirtualProcessor vp) {
        return new VpAttachment() {
            @Override
            public MsrHandler msr(int msr) {
                return ReenlightenmentRegisters.this;
            }
        };
    }

    @Override
    public long read(int msr) {
        return switch (msr) {
            case Reenlightenment.HV_X64_MSR_REENLIGHTENMENT_CONTROL -> reenlightenmentControl;
            case Reenlightenment.HV_X64_MSR_TSC_EMULATION_CONTROL -> emulationControl;
            case Reenlightenment.HV_X64_MSR_TSC_EMULATION_STATUS -> emulationStatus;
            default -> invariantControl;
        };
    }

    @Override
    public void write(int msr, long value) throws GuestFault {
        switch (msr) {
            case Reenlightenment.HV_X64_MSR_REENLIGHTENMENT_CONTROL -> reenlightenmentControl = value;
            case Reenlightenment.HV_X64_MSR_TSC_EMULATION_CONTROL -> emulationControl = value;
            case Reenlightenment.HV_X64_MSR_TSC_EMULATION_STATUS -> writeEmulationStatus(value);
            default -> writeInvariantControl(value);
        }
    }

    private void writeEmulationStatus(long value) throws GuestFault {
        if (value != 0) {
            throw GuestFault.GENERAL_PROTECTION;
        }
        partition.endTscEmulation();
        emulationStatus = 0;
    }

    /** Any VP may write, and what is exposed stays exposed. */
    private synchronized void writeInvariantControl(long value) throws GuestFault {
        if ((value & ~EXPOSE_INVARIANT_TSC) != 0 || value == 0 && invariantControl != 0) {
            throw GuestFault.GENERAL_PROTECTION;
        }
        invariantControl = value;
    }

    @Override
    public boolean wantsTscEmulation() {
        return (emulationControl & EMULATION_ENABLED) != 0;
    }

    @Override
    public void tscFrequencyChanged(boolean isEmulated) {
        if (isEmulated) {
            emulationStatus = EMULATION_IN_PROGRESS;
        }
        long control = reenlightenmentControl;
        long target = control >>> TARGET_VP_SHIFT;
        // The register takes any value, so a target that does not exist is found out here.
        if ((control & NOTIFICATIONS_ENABLED) != 0 && target < partition.vpCount()) {
            partition.vp((int) target).interrupt((int) (control & VECTOR_MASK));
        }
    }

    @Override
    public void save(StateWriter out) {
        out.put(REENLIGHTENMENT_CONTROL, reenlightenmentControl);
        out.put(TSC_EMULATION_CONTROL, emulationControl);
        out.put(TSC_EMULATION_STATUS, emulationStatus);
        out.put(TSC_INVARIANT_CONTROL, invariantControl);
    }

    @Override
    public void restore(StateReader in) throws StateException {
        long control = in.get(REENLIGHTENMENT_CONTROL);
        long emulation = in.get(TSC_EMULATION_CONTROL);
        long status = in.get(TSC_EMULATION_STATUS);
        long invariant = in.get(TSC_INVARIANT_CONTROL);
        requireBitZeroAlone(TSC_EMULATION_STATUS, status);
        requireBitZeroAlone(TSC_INVARIANT_CONTROL, invariant);
        reenlightenmentControl = control;
        emulationControl = emulation;
        emulationStatus = status;
        invariantControl = invariant;
    }

    private static void requireBitZeroAlone(String name, long value) throws StateException {
        if ((value & ~1) != 0) {
            throw new StateException("%s is neither 0 nor 1: 0x%x".formatted(name, value));
        }
    }

    @Override
    public void reset() {
        partition.endTscEmulation();
        reenlightenmentControl = 0;
        emulationControl = 0;
        emulationStatus = 0;
        invariantControl = 0;
    }
}
