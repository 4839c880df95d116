package hv.syndbg;

import hv.api.GuestFault;
import hv.api.StateException;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.HypercallHandler;
import hv.api.enlightenment.MsrHandler;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.enlightenment.VirtualProcessor;
import hv.api.enlightenment.VpAttachment;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The debugger's registers of one partition, shared by its VPs; each access is one volatile access. Without the flag
 * nobody gets at them.
 */
final class DebugRegisters implements Attachment, MsrHandler {
    private static final int OPTIONS = 5;
    private static final String[] NAMES = {
        "HV_X64_MSR_SYNDBG_CONTROL",
        "HV_X64_MSR_SYNDBG_STATUS",
        "HV_X64_MSR_SYNDBG_SEND_BUFFER",
        "HV_X64_MSR_SYNDBG_RECV_BUFFER",
        "HV_X64_MSR_SYNDBG_PENDING_BUFFER",
        "HV_X64_MSR_SYNDBG_OPTIONS"
    };

    private final boolean isPromised;
    private final AtomicLongArray registers = new AtomicLongArray(NAMES.length);

    DebugRegisters(boolean isPromised) {
        this.isPromised = isPromised;
    }

    @Override
    public VpAttachment addVp(VirtualProcessor vp) {
        return new VpAttachment() {
            @Override
            public MsrHandler msr(int msr) {
                return DebugRegisters.this;
            }

            @Override
            public HypercallHandler hypercall(int code) {
                return new DebugCalls(code, isPromised, DebugRegisters.this);
            }
        };
    }

    private int index(int msr) throws GuestFault {
        if (!isPromised) {
            throw GuestFault.GENERAL_PROTECTION;
        }
        return msr == Syndbg.HV_X64_MSR_SYNDBG_OPTIONS ? OPTIONS : msr - Syndbg.HV_X64_MSR_SYNDBG_CONTROL;
    }

    @Override
    public long read(int msr) throws GuestFault {
        return registers.get(index(msr));
    }

    @Override
    public void write(int msr, long value) throws GuestFault {
        registers.set(index(msr), value);
        if (msr == Syndbg.HV_X64_MSR_SYNDBG_CONTROL) {
            registers.set(index(Syndbg.HV_X64_MSR_SYNDBG_STATUS), 0);
        }
    }

    long options() {
        return registers.get(OPTIONS);
    }

    @Override
    public void save(StateWriter out) {
        for (int i = 0; i < NAMES.length; i++) {
            out.put(NAMES[i], registers.get(i));
        }
    }

    @Override
    public void restore(StateReader in) throws StateException {
        long[] saved = new long[NAMES.length];
        long all = 0;
        for (int i = 0; i < NAMES.length; i++) {
            saved[i] = in.get(NAMES[i]);
            all |= saved[i];
        }
        if (!isPromised && all != 0) {
            throw new StateException("the registers were used, and this guest has none");
        }
        for (int i = 0; i < NAMES.length; i++) {
            registers.set(i, saved[i]);
        }
    }

    @Override
    public void reset() {
        for (int i = 0; i < NAMES.length; i++) {
            registers.set(i, 0);
        }
    }
}
