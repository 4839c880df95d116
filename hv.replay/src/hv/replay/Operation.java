package hv.replay;

import hv.replay.Expected.Bytes;
import hv.replay.Expected.Counts;
import hv.replay.Expected.Result;
import hv.replay.Expected.Value;
import java.util.Optional;

/** One line of a file: what was done, and what came of it. Immutable. */
sealed interface Operation {
    /** What was done, as a sentence of a report shows it. */
    String text();

    /** RDMSR. */
    record ReadMsr(int vp, int msr, Result result, Value value) implements Operation {
        @Override
        public String text() {
            return "rdmsr 0x%08x on VP %d".formatted(msr, vp);
        }
    }

    /**
     * WRMSR.
     *
     * @param isDeadline whether {@code value} is to be added to the reference time, which the guest reads first
     * @param event what the VMM was told, if it was
     */
    record WriteMsr(int vp, int msr, boolean isDeadline, long value, Result result, Optional<String> event)
            implements Operation {
        @Override
        public String text() {
            return "wrmsr 0x%08x, %s%s on VP %d".formatted(msr, isDeadline ? "ref+" : "", Expected.hex(value), vp);
        }
    }

    /** CPUID. */
    record Cpuid(int vp, int leaf, int subleaf, Value eax, Value ebx, Value ecx, Value edx) implements Operation {
        @Override
        public String text() {
            return "cpuid 0x%08x, %s on VP %d".formatted(leaf, Expected.hex(subleaf & 0xFFFF_FFFFL), vp);
        }
    }

    /**
     * A hypercall of 64-bit code in ring 0.
     *
     * @param xmm low and high halves of XMM0 to XMM5
     * @param via address of the code that makes it, if it is not made directly
     */
    record Hypercall(CallRegisters registers, int vp, Optional<Long> via, Result result, Value rax)
            implements Operation {
        @Override
        public String text() {
            return "hypercall %s, in %s, out %s%s on VP %d"
                    .formatted(
                            Expected.hex(registers.rcx()),
                            Expected.hex(registers.rdx()),
                            Expected.hex(registers.r8()),
                            via.map(gpa -> ", through the page at " + Expected.hex(gpa))
                                    .orElse(""),
                            vp);
        }
    }

    /** The VMM writes memory. */
    record Poke(long gpa, byte[] bytes) implements Operation {
        @Override
        public String text() {
            return "poke " + Expected.hex(gpa);
        }
    }

    /** The VMM reads memory. */
    record Peek(long gpa, Bytes bytes) implements Operation {
        @Override
        public String text() {
            return "peek " + Expected.hex(gpa);
        }
    }

    /** How a handler ends its interrupt. */
    enum Eoi {
        /** It writes the EOI register of the local APIC. */
        APIC,
        /** It writes the EOI MSR. */
        MSR,
        /** It clears bit 0 of the assist word, and writes the EOI MSR if the bit was clear. */
        ASSIST,
        /** It does not. */
        NONE
    }

    /**
     * The VP takes interrupts until none can be delivered.
     *
     * @param assist address of the assist word, for {@link Eoi#ASSIST}
     */
    record Interrupts(int vp, Eoi eoi, long assist, Counts counts) implements Operation {
        @Override
        public String text() {
            return "interrupts on VP " + vp;
        }
    }

    /** Time passes; then every VP runs once. */
    record Sleep(int millis) implements Operation {
        @Override
        public String text() {
            return "sleep " + millis + " ms";
        }
    }
}
