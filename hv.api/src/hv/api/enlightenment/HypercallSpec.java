package hv.api.enlightenment;

import java.util.Objects;

/**
 * The declared shape of a hypercall, from which the partition checks the control word and fetches the input, so that
 * no handler parses registers (TLFS "Hypercall Interface").
 *
 * @param code call code, 0x0001 to 0xFFFF
 * @param name the TLFS name, as {@code HvCallNotifyLongSpinWait}
 * @param reps what is asked of the repetition count and start
 * @param variableHeader whether the control word may announce a variable header
 * @param headerBytes size of the fixed input, a multiple of 8, 0 to 256
 * @param xmmInput whether the fast form may take input from XMM0 to XMM5 (else RDX and R8 only)
 * @param memoryRule what is asked of the slow form's input address
 * @param privilege what the guest's CPUID must show
 */
public record HypercallSpec(
        int code,
        String name,
        Reps reps,
        boolean variableHeader,
        int headerBytes,
        boolean xmmInput,
        MemoryRule memoryRule,
        Privilege privilege) {
    /** Whether a call repeats over a list. */
    public enum Reps {
        /** A count or start is an error. */
        NONE,
        /** Count at least 1, start 0. */
        LIST,
        /** Not looked at: KVM hands such calls on, or refuses them, by other marks. */
        UNCHECKED
    }

    /**
     * What is asked of an input address. The TLFS asks alignment of every call; KVM asks it of HvCallSignalEvent
     * alone and takes any address elsewhere, also across a page boundary, so the call says which.
     */
    public enum MemoryRule {
        /** Any address in RAM; otherwise HV_STATUS_INVALID_HYPERCALL_INPUT. */
        ANY_ADDRESS,
        /** A multiple of 8, input within one page of RAM; otherwise HV_STATUS_INVALID_ALIGNMENT. */
        ALIGNED_IN_PAGE
    }

    /** Checks the ranges above. */
    public HypercallSpec {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(reps, "reps");
        Objects.requireNonNull(memoryRule, "memoryRule");
        Objects.requireNonNull(privilege, "privilege");
        if (code < 1 || code > 0xFFFF) {
            throw new IllegalArgumentException("%s: bad call code 0x%x".formatted(name, code));
        }
        if (headerBytes < 0 || headerBytes > 256 || headerBytes % 8 != 0) {
            throw new IllegalArgumentException("%s: bad header size %d".formatted(name, headerBytes));
        }
    }

    /** A simple call: no repetitions, no variable header, input by memory or by RDX and R8. */
    public static HypercallSpec simple(int code, String name, int headerBytes, Privilege privilege) {
        return new HypercallSpec(code, name, Reps.NONE, false, headerBytes, false, MemoryRule.ANY_ADDRESS, privilege);
    }
}
