package hv.api;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * The registers of a VP that has just made a hypercall. Implemented by the VMM, called by the partition on the VP's
 * thread while {@code GuestVp.hypercall} runs. XMM registers are asked for only by calls that use them, so they may be
 * fetched lazily.
 */
@ConsumerType
public interface CpuRegisters {
    /** How the processor was running. */
    enum Mode {
        /** 64-bit code (EFER.LMA and CS.L set): RCX, RDX, R8 carry the call. */
        LONG,
        /** Protected mode with 32-bit or 16-bit code: EDX:EAX, EBX:ECX, EDI:ESI carry the call. */
        PROTECTED,
        /** Real or virtual-8086 mode: no hypercalls. */
        REAL
    }

    /** The mode. */
    Mode mode();

    /** Current privilege level, 0 to 3. */
    int cpl();

    long rax();

    long rbx();

    long rcx();

    long rdx();

    long rsi();

    long rdi();

    long r8();

    /** Sets RAX. */
    void rax(long value);

    /** Sets RDX. */
    void rdx(long value);

    /** Low 64 bits of XMM0 to XMM5. */
    long xmmLow(int register);

    /** High 64 bits of XMM0 to XMM5. */
    long xmmHigh(int register);
}
