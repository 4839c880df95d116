package hv.partition.vp;

import hv.api.GuestFault;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.HypercallHandler;
import hv.api.enlightenment.HypercallSpec;
import hv.api.enlightenment.MsrHandler;
import hv.api.enlightenment.MsrRange;
import hv.api.enlightenment.MsrRange.Access;
import hv.api.enlightenment.VpAttachment;
import hv.partition.plan.Gate;
import java.util.Objects;

/**
 * Who answers what on one VP: flat tables, immutable once published. Access rights and the privilege gate are worked
 * out here, once, so the way of an exit is a bounds check and an indexed load.
 *
 * <p>Calls live in two runs: 0x0000-0x00FF, and the extended calls 0x8000-0x80FF.
 */
public final class Routes {
    public static final int MSRS = MsrRange.WINDOW_LAST - MsrRange.WINDOW_FIRST + 1;
    static final int CALLS = 0x200;

    /** Answers MSRs and directions that nobody may use. */
    static final MsrHandler CLOSED = new MsrHandler() {
        @Override
        public long read(int msr) throws GuestFault {
            throw GuestFault.GENERAL_PROTECTION;
        }
    };

    final MsrHandler[] readers;
    final MsrHandler[] writers;
    final HypercallSpec[] specs;
    /** Null where {@link #specs} is not: the call is known and its privilege is missing. */
    final HypercallHandler[] handlers;

    /** Looked at by the decoder, since the XMM rule depends on the form of a call and not on its code. */
    final boolean isXmmInputOpen;

    private final Gate gate;

    public Routes(Gate gate) {
        this.gate = gate;
        this.isXmmInputOpen = gate.isXmmInputOpen();
        readers = new MsrHandler[MSRS];
        writers = new MsrHandler[MSRS];
        specs = new HypercallSpec[CALLS];
        handlers = new HypercallHandler[CALLS];
        java.util.Arrays.fill(readers, CLOSED);
        java.util.Arrays.fill(writers, CLOSED);
    }

    /** A copy, to be changed before it is published. */
    public Routes(Routes other) {
        gate = other.gate;
        isXmmInputOpen = other.isXmmInputOpen;
        readers = other.readers.clone();
        writers = other.writers.clone();
        specs = other.specs.clone();
        handlers = other.handlers.clone();
    }

    /** Position of a call code in the tables, or -1. */
    public static int callIndex(int code) {
        if (code < 0x100) {
            return code;
        }
        return (code & 0xFF00) == 0x8000 ? 0x100 | code & 0xFF : -1;
    }

    /** Who answers reads of the MSR at position {@code index} of the window. */
    public MsrHandler reader(int index) {
        return readers[index];
    }

    /** Who takes writes to the MSR at position {@code index} of the window. */
    public MsrHandler writer(int index) {
        return writers[index];
    }

    /** Who takes the call at position {@code index}; null if nobody does, or its privilege is missing. */
    public HypercallHandler handler(int index) {
        return handlers[index];
    }

    /** Marks a deployed enlightenment's calls as known, so that a closed one is "access denied" and not "unknown". */
    public void know(Descriptor descriptor) {
        for (HypercallSpec spec : descriptor.hypercalls()) {
            if (!gate.isOpen(spec.privilege())) {
                specs[callIndex(spec.code())] = spec;
            }
        }
    }

    /** Adds the routes of an enlightenment to its part of the VP. */
    public void add(Descriptor descriptor, VpAttachment part) {
        for (MsrRange range : descriptor.msrs()) {
            if (gate.isOpen(range.privilege())) {
                for (int msr = range.first(); msr <= range.last(); msr++) {
                    add(msr, range.access(), Objects.requireNonNull(part.msr(msr), "no handler for an MSR"));
                }
            }
        }
        for (HypercallSpec spec : descriptor.hypercalls()) {
            add(spec, Objects.requireNonNull(part.hypercall(spec.code()), "no handler for a call"));
        }
    }

    /** Adds the routes of an enlightenment as they are in {@code other}, without asking it. */
    public void copy(Descriptor descriptor, Routes other) {
        for (MsrRange range : descriptor.msrs()) {
            for (int msr = range.first(); msr <= range.last(); msr++) {
                int index = msr - MsrRange.WINDOW_FIRST;
                readers[index] = other.readers[index];
                writers[index] = other.writers[index];
            }
        }
        for (HypercallSpec spec : descriptor.hypercalls()) {
            int index = callIndex(spec.code());
            specs[index] = other.specs[index];
            handlers[index] = other.handlers[index];
        }
    }

    /** Adds one call; without its privilege it is known and closed. */
    public void add(HypercallSpec spec, HypercallHandler handler) {
        int index = callIndex(spec.code());
        specs[index] = spec;
        handlers[index] = gate.isOpen(spec.privilege()) ? handler : null;
    }

    /** Adds one MSR. */
    public void add(int msr, Access access, MsrHandler handler) {
        int index = msr - MsrRange.WINDOW_FIRST;
        if (access != Access.WRITE_ONLY) {
            readers[index] = handler;
        }
        if (access != Access.READ_ONLY) {
            writers[index] = handler;
        }
    }
}
