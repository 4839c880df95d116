package hv.fuzz.guest;

import hv.api.GuestFault;
import hv.api.GuestMemory;
import hv.api.SavedState;
import hv.api.host.GuestVp;

/**
 * Which pages of RAM the product may write to: those that the guest has registered by an MSR and not taken back, those
 * of its enlightened VMCSs, and for the length of one access those that the access names. One thread.
 */
final class RegisteredPages {
    /** Hypercall page, reference TSC page, VP assist page, SIEFP, SIMP. */
    private static final int[] MSRS = {0x4000_0001, 0x4000_0021, 0x4000_0073, 0x4000_0082, 0x4000_0083};

    private static final long ENABLED = 1;

    private final int pages;
    private final int[] registrations;
    private final boolean[] isNamed;
    private final long[][] registers;
    private final long[] nested;

    RegisteredPages(long memoryBytes, int vps) {
        pages = (int) (memoryBytes / GuestMemory.PAGE_BYTES);
        registrations = new int[pages];
        isNamed = new boolean[pages];
        registers = new long[vps][MSRS.length];
        nested = new long[vps];
    }

    /** Whether an MSR registers a page. */
    static boolean has(int msr) {
        return place(msr) >= 0;
    }

    private static int place(int msr) {
        for (int i = 0; i < MSRS.length; i++) {
            if (MSRS[i] == msr) {
                return i;
            }
        }
        return -1;
    }

    boolean mayBeWritten(long gpa) {
        int page = (int) (gpa / GuestMemory.PAGE_BYTES);
        return registrations[page] > 0 || isNamed[page];
    }

    /** An access that names {@code value} begins or has ended. */
    void name(long value, boolean isBegin) {
        long page = value >>> 12;
        if (page < pages) {
            isNamed[(int) page] = isBegin;
        }
    }

    /** An access that takes over {@code state} begins or has ended. */
    void name(SavedState state, boolean isBegin) {
        for (SavedState.Section section : state.sections()) {
            section.values().values().forEach(value -> name(value, isBegin));
        }
    }

    /** The enlightened VMCS that is active on VP {@code vp} is at {@code gpa} from now on; -1 if none is. */
    void nested(int vp, long gpa) {
        count(nested[vp], -1);
        nested[vp] = gpa == -1 ? 0 : gpa | ENABLED;
        count(nested[vp], 1);
    }

    /** The guest has written {@code value} to {@code msr} of VP {@code vp}, which is one for which {@link #has}. */
    void registered(int vp, int msr, long value) {
        int place = place(msr);
        int holder = place < 2 ? 0 : vp; // the first two are the partition's
        count(registers[holder][place], -1);
        registers[holder][place] = value;
        count(value, 1);
    }

    private void count(long register, int change) {
        long page = register >>> 12;
        if ((register & ENABLED) != 0 && page < pages) {
            registrations[(int) page] += change;
        }
    }

    /** Asks the VPs what is registered now, after something that changes registers without writing them. */
    void ask(GuestVp... vps) {
        for (int vp = 0; vp < vps.length; vp++) {
            for (int msr : MSRS) {
                long value;
                try {
                    value = vps[vp].readMsr(msr);
                } catch (GuestFault e) {
                    value = 0; // what the guest does not have it cannot register
                }
                registered(vp, msr, value);
            }
        }
    }
}
