package hv.partition.vp;

import hv.api.CpuRegisters;
import hv.api.GuestFault;
import hv.api.GuestMemory;
import hv.api.HvStatus;
import hv.api.VpSet;
import hv.api.enlightenment.HypercallHandler;
import hv.api.enlightenment.HypercallInput;
import hv.api.enlightenment.HypercallSpec;
import java.util.function.IntSupplier;

/**
 * Decodes one VP's hypercalls (TLFS "Hypercall Interface"), once for all calls.
 *
 * <p>A 64-bit caller passes the control word in RCX and two operands in RDX and R8; a 32-bit caller in EDX:EAX, EBX:ECX
 * and EDI:ESI. The operands are the addresses of input and output, or, with the Fast bit, the input itself, continued
 * in XMM0 to XMM5. The control word holds the code (15:0), Fast (16), the size of a variable header (26:17), the
 * repetition count (43:32) and start (59:48); all other bits must be zero, bit 31 too, as KVM has it. The answer (RAX,
 * or EDX:EAX) has the status in 15:0 and the repetitions completed in 43:32.
 *
 * <p>The order of checks is KVM's: #UD outside protected mode or ring 0, or before the guest has introduced itself;
 * missing privilege; reserved bits; XMM input that was not offered, #UD; unknown code; the declared shape; then the
 * handler.
 *
 * <p>One object per VP, on that VP's thread; nothing is allocated by a call.
 */
final class HypercallDecoder implements HypercallInput {
    private static final long FAST = 1L << 16;
    private static final long RESERVED = 0xF000_F000_F800_0000L;

    /** RDX, R8 and XMM0 to XMM5. */
    private static final int REGISTER_QWORDS = 14;

    private static final int MAX_HEADER_QWORDS = 256 / 8;

    /** Banks of a sparse set that are read at least: KVM's 1,024 VPs. Memory behind them may be anything. */
    private static final int BANKS_READ = 16;

    private final GuestMemory memory;
    private final IntSupplier vpCount;
    private final long[] header = new long[MAX_HEADER_QWORDS];
    private final long[] banks = new long[VpSet.BANKS];

    private CpuRegisters registers;
    private HypercallSpec spec;
    private long control;
    private long input;
    private long output;

    HypercallDecoder(GuestMemory memory, IntSupplier vpCount) {
        this.memory = memory;
        this.vpCount = vpCount;
    }

    /** Carries out one call and writes the result value. Returns the status. */
    int call(CpuRegisters caller, Routes routes, boolean isEnabled) throws GuestFault {
        CpuRegisters.Mode mode = caller.mode();
        if (!isEnabled || mode == CpuRegisters.Mode.REAL || caller.cpl() != 0) {
            throw GuestFault.INVALID_OPCODE;
        }
        registers = caller;
        boolean isLong = mode == CpuRegisters.Mode.LONG;
        if (isLong) {
            control = caller.rcx();
            input = caller.rdx();
            output = caller.r8();
        } else {
            control = pair(caller.rdx(), caller.rax());
            input = pair(caller.rbx(), caller.rcx());
            output = pair(caller.rdi(), caller.rsi());
        }
        long result = dispatch(routes);
        if (isLong) {
            caller.rax(result);
        } else {
            caller.rdx(result >>> 32);
            caller.rax(result & 0xFFFF_FFFFL);
        }
        return (int) result & 0xFFFF;
    }

    private long dispatch(Routes routes) throws GuestFault {
        int index = Routes.callIndex((int) control & 0xFFFF);
        spec = index < 0 ? null : routes.specs[index];
        HypercallHandler handler = index < 0 ? null : routes.handlers[index];
        if (spec != null && handler == null) {
            return HvStatus.ACCESS_DENIED;
        }
        if ((control & RESERVED) != 0) {
            return HvStatus.INVALID_HYPERCALL_INPUT;
        }
        if (spec == null) {
            return HvStatus.INVALID_HYPERCALL_CODE;
        }
        if (isFast() && spec.xmmInput() && !routes.isXmmInputOpen) {
            throw GuestFault.INVALID_OPCODE;
        }
        if (!hasDeclaredShape()) {
            return HvStatus.INVALID_HYPERCALL_INPUT;
        }
        int status = handler.call(this) & 0xFFFF;
        return status == HvStatus.SUCCESS ? (long) repCount() << 32 : status;
    }

    private boolean hasDeclaredShape() {
        if (variableQwords() != 0 && !spec.variableHeader()) {
            return false;
        }
        int repStart = (int) (control >>> 48) & 0xFFF;
        return switch (spec.reps()) {
            case NONE -> repCount() == 0 && repStart == 0;
            case LIST -> repCount() != 0 && repStart == 0;
            case UNCHECKED -> true;
        };
    }

    private static long pair(long high, long low) {
        return high << 32 | low & 0xFFFF_FFFFL;
    }

    @Override
    public boolean isFast() {
        return (control & FAST) != 0;
    }

    @Override
    public int repCount() {
        return (int) (control >>> 32) & 0xFFF;
    }

    @Override
    public int variableQwords() {
        return (int) (control >>> 17) & 0x3FF;
    }

    @Override
    public long inputGpa() {
        return input;
    }

    @Override
    public int fetch() {
        int qwords = spec.headerBytes() / 8;
        if (isFast()) {
            return fromRegisters(0, qwords, header);
        }
        long bytes = 8L * qwords;
        boolean inRam = qwords == 0 || memory.isRam(input, bytes);
        if (spec.memoryRule() == HypercallSpec.MemoryRule.ALIGNED_IN_PAGE) {
            boolean inPage = (input & GuestMemory.PAGE_BYTES - 1) + bytes <= GuestMemory.PAGE_BYTES;
            if ((input & 7) != 0 || !inPage || !inRam) {
                return HvStatus.INVALID_ALIGNMENT;
            }
        }
        if (!inRam) {
            return HvStatus.INVALID_HYPERCALL_INPUT;
        }
        for (int i = 0; i < qwords; i++) {
            header[i] = memory.getLong(input + 8L * i);
        }
        return HvStatus.SUCCESS;
    }

    private int fromRegisters(int first, int count, long[] to) {
        if (first + count > (spec.xmmInput() ? REGISTER_QWORDS : 2)) {
            return HvStatus.INVALID_HYPERCALL_INPUT;
        }
        for (int i = 0; i < count; i++) {
            to[i] = register(first + i);
        }
        return HvStatus.SUCCESS;
    }

    private long register(int qword) {
        if (qword < 2) {
            return qword == 0 ? input : output;
        }
        int xmm = qword - 2 >> 1;
        return (qword & 1) == 0 ? registers.xmmLow(xmm) : registers.xmmHigh(xmm);
    }

    @Override
    public long qword(int index) {
        return header[index];
    }

    @Override
    public int vpSet(int maskIndex, VpSet set) {
        set.clear();
        long mask = header[maskIndex];
        int count = variableQwords();
        if (count != Long.bitCount(mask)) {
            return HvStatus.INVALID_HYPERCALL_INPUT;
        }
        int first = spec.headerBytes() / 8;
        if (isFast() && first + count > REGISTER_QWORDS) {
            return HvStatus.INVALID_HYPERCALL_INPUT;
        }
        int vps = vpCount.getAsInt();
        int existing = vps + 63 >>> 6;
        int status = fetch(first, Math.min(count, Math.max(existing, BANKS_READ)), banks);
        if (status != HvStatus.SUCCESS) {
            return status;
        }
        int next = 0;
        for (long rest = mask; rest != 0; rest &= rest - 1) {
            int bank = Long.numberOfTrailingZeros(rest);
            if (bank >= existing) {
                break;
            }
            set.addBank(bank, banks[next++]);
        }
        set.keepFirst(vps);
        return HvStatus.SUCCESS;
    }

    @Override
    public int list(int first, int count, long[] to) {
        return fetch(spec.headerBytes() / 8 + variableQwords() + first, count, to);
    }

    private int fetch(int first, int count, long[] to) {
        if (isFast()) {
            return fromRegisters(first, count, to);
        }
        long gpa = input + 8L * first;
        if (count > 0 && !memory.isRam(gpa, 8L * count)) {
            return HvStatus.INVALID_HYPERCALL_INPUT;
        }
        for (int i = 0; i < count; i++) {
            to[i] = memory.getLong(gpa + 8L * i);
        }
        return HvStatus.SUCCESS;
    }
}
