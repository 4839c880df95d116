package hv.evmcs;

import hv.api.CpuRegisters;
import hv.api.GuestFault;
import hv.api.GuestMemory;
import hv.api.HvStatus;
import hv.api.VpSet;
import java.util.function.LongUnaryOperator;

/**
 * Decodes a TLB flush call that L2 makes (TLFS "Virtual Memory: HvCallFlushVirtualAddressSpace" and the three like it):
 * from registers, or from L2's memory, whose address L1's nested page tables translate. As in KVM only the first byte
 * is translated, and the rest lies behind it.
 *
 * <p>What is flushed does not matter here, since more may be flushed than was asked for; which processors, does. One
 * object per VP, on its thread; a call allocates nothing.
 */
final class FlushInput {
    static final int SPACE = 0x0002;
    static final int LIST = 0x0003;
    static final int SPACE_EX = 0x0013;
    static final int LIST_EX = 0x0014;

    private static final long FAST = 1L << 16;
    private static final long RESERVED = 0xF000_F000_F800_0000L;
    private static final long FLUSH_ALL_PROCESSORS = 1;

    /** RDX, R8 and XMM0 to XMM5. */
    private static final int REGISTER_QWORDS = 14;

    /** A longer list is a full flush in KVM, which then does not look at it. */
    private static final int LIST_LOOKED_AT = 15;

    private final GuestMemory memory;
    private final VpSet vpIds = new VpSet();
    private CpuRegisters registers;
    private long control;
    private long input;
    private long second;
    private long base;
    private boolean isAll;
    private boolean isNothing;

    FlushInput(GuestMemory memory) {
        this.memory = memory;
    }

    static boolean isFlush(int callCode) {
        return callCode == SPACE || callCode == LIST || callCode == SPACE_EX || callCode == LIST_EX;
    }

    /** Takes the operands of a call. */
    void start(CpuRegisters caller) throws GuestFault {
        CpuRegisters.Mode mode = caller.mode();
        if (mode == CpuRegisters.Mode.REAL || caller.cpl() != 0) {
            throw GuestFault.INVALID_OPCODE;
        }
        registers = caller;
        if (mode == CpuRegisters.Mode.LONG) {
            control = caller.rcx();
            input = caller.rdx();
            second = caller.r8();
        } else {
            control = pair(caller.rdx(), caller.rax());
            input = pair(caller.rbx(), caller.rcx());
            second = pair(caller.rdi(), caller.rsi());
        }
    }

    /** Writes the result value where the caller expects it. */
    static void finish(CpuRegisters caller, long result) {
        if (caller.mode() == CpuRegisters.Mode.LONG) {
            caller.rax(result);
        } else {
            caller.rdx(result >>> 32);
            caller.rax(result & 0xFFFF_FFFFL);
        }
    }

    private static long pair(long high, long low) {
        return high << 32 | low & 0xFFFF_FFFFL;
    }

    int code() {
        return (int) control & 0xFFFF;
    }

    boolean isFast() {
        return (control & FAST) != 0;
    }

    boolean hasReservedBits() {
        return (control & RESERVED) != 0;
    }

    int repCount() {
        return (int) (control >>> 32) & 0xFFF;
    }

    /** Whether all processors of L2 are named. */
    boolean isAll() {
        return isAll;
    }

    /** Whether no processor is named at all, so that there is nothing to do. */
    boolean isNothing() {
        return isNothing;
    }

    /** L1's numbers of the processors that are named. */
    VpSet vpIds() {
        return vpIds;
    }

    /** Reads the input; {@link HvStatus#SUCCESS} or the status to return. */
    int read(LongUnaryOperator toL1) {
        isAll = false;
        isNothing = false;
        vpIds.clear();
        if (!hasShape()) {
            return HvStatus.INVALID_HYPERCALL_INPUT;
        }
        base = isFast() ? 0 : toL1.applyAsLong(input);
        if (base == -1) {
            return HvStatus.INVALID_HYPERCALL_INPUT;
        }
        boolean isOk = isEx() ? readSet() : readMask();
        return isOk ? HvStatus.SUCCESS : HvStatus.INVALID_HYPERCALL_INPUT;
    }

    private boolean isEx() {
        return code() == SPACE_EX || code() == LIST_EX;
    }

    private boolean isList() {
        return code() == LIST || code() == LIST_EX;
    }

    private int variableQwords() {
        return (int) (control >>> 17) & 0x3FF;
    }

    private boolean hasShape() {
        int repStart = (int) (control >>> 48) & 0xFFF;
        return repStart == 0 && (repCount() != 0) == isList() && (isEx() || variableQwords() == 0);
    }

    private boolean readMask() {
        if (!has(0, 3)) {
            return false;
        }
        long mask = qword(2);
        // A mask of no processors means all, as Windows Server 2012 has it.
        isAll = (qword(1) & FLUSH_ALL_PROCESSORS) != 0 || mask == 0;
        vpIds.addBank(0, mask);
        return hasList(3);
    }

    private boolean readSet() {
        if (!has(0, 4)) {
            return false;
        }
        boolean isSparse = qword(2) == 0;
        long banks = qword(3);
        int count = variableQwords();
        if (count != Long.bitCount(banks)) {
            return false;
        }
        isAll = !isSparse;
        isNothing = isSparse && count == 0;
        if (isNothing) {
            return true;
        }
        if (isSparse) {
            if (!has(4, count)) {
                return false;
            }
            int next = 4;
            for (long rest = banks; rest != 0; rest &= rest - 1) {
                vpIds.addBank(Long.numberOfTrailingZeros(rest), qword(next++));
            }
        }
        return hasList(4 + count);
    }

    private boolean hasList(int first) {
        return !isList() || repCount() > LIST_LOOKED_AT || has(first, repCount());
    }

    /** Whether qwords {@code first} and on can be read. */
    private boolean has(int first, int count) {
        return isFast() ? first + count <= REGISTER_QWORDS : memory.isRam(base + 8L * first, 8L * count);
    }

    private long qword(int index) {
        if (!isFast()) {
            return memory.getLong(base + 8L * index);
        }
        if (index < 2) {
            return index == 0 ? input : second;
        }
        int xmm = index - 2 >> 1;
        return (index & 1) == 0 ? registers.xmmLow(xmm) : registers.xmmHigh(xmm);
    }
}
