package hv.tlbflush;

import hv.api.HvStatus;
import hv.api.VpSet;
import hv.api.enlightenment.HypercallHandler;
import hv.api.enlightenment.HypercallInput;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.VirtualProcessor;
import hv.api.enlightenment.VpAttachment;

/**
 * Carries out the flush calls of one VP, with KVM's checks in KVM's order. On that VP's thread; allocates nothing.
 *
 * <ol>
 *   <li>The header must be readable.
 *   <li>Ex: the variable header must have as many banks as the bank mask has bits, also where the format says "all".
 *   <li>Ex: a sparse set without banks is success, and nothing happens. Otherwise its banks must be readable.
 *   <li>List: up to {@value #QUEUE_ENTRIES} ranges must be readable. More are never read, since KVM's queue has no room
 *   for them and it
 *       flushes everything instead; hence a fast call with 12 ranges is an error and one with 16 is none.
 * </ol>
 *
 * <p>Every failure is HV_STATUS_INVALID_HYPERCALL_INPUT. VPs that do not exist are ignored. Without Ex a mask of 0
 * means all VPs (Windows Server 2012 relies on it), as does flag 0; with Ex any format but "sparse" does, and flag 0 is
 * not looked at. Other flags mean nothing and are not refused, where the TLFS has reserved ones be zero.
 */
final class FlushCalls implements VpAttachment {
    /** Ranges that fit KVM's queue: 16, less the place for "flush everything". */
    static final int QUEUE_ENTRIES = 15;

    private static final int FLAGS = 1;
    private static final int PROCESSOR_MASK = 2;
    private static final int FORMAT = 2;
    private static final int BANK_MASK = 3;

    private static final long FLUSH_ALL_PROCESSORS = 1;
    private static final long SPARSE_4K = 0;

    private final VirtualProcessor vp;
    private final Partition partition;
    private final VpSet targets = new VpSet();
    private final long[] ranges = new long[QUEUE_ENTRIES];

    FlushCalls(VirtualProcessor vp) {
        this.vp = vp;
        this.partition = vp.partition();
    }

    @Override
    public HypercallHandler hypercall(int code) {
        return switch (code) {
            case TlbFlush.HV_CALL_FLUSH_VIRTUAL_ADDRESS_SPACE, TlbFlush.HV_CALL_FLUSH_VIRTUAL_ADDRESS_LIST ->
                this::flush;
            default -> this::flushEx;
        };
    }

    private int flush(HypercallInput input) {
        int status = input.fetch();
        if (status == HvStatus.SUCCESS) {
            status = checkRanges(input);
        }
        if (status != HvStatus.SUCCESS) {
            return status;
        }
        long mask = input.qword(PROCESSOR_MASK);
        if (mask == 0 || (input.qword(FLAGS) & FLUSH_ALL_PROCESSORS) != 0) {
            return flushAll();
        }
        targets.clear();
        targets.addBank(0, mask);
        targets.keepFirst(partition.vpCount());
        return flushTargets();
    }

    private int flushEx(HypercallInput input) {
        int status = input.fetch();
        if (status != HvStatus.SUCCESS) {
            return status;
        }
        if (input.variableQwords() != Long.bitCount(input.qword(BANK_MASK))) {
            return HvStatus.INVALID_HYPERCALL_INPUT;
        }
        boolean isSparse = input.qword(FORMAT) == SPARSE_4K;
        if (isSparse) {
            if (input.variableQwords() == 0) {
                return HvStatus.SUCCESS;
            }
            status = input.vpSet(BANK_MASK, targets);
        }
        if (status == HvStatus.SUCCESS) {
            status = checkRanges(input);
        }
        if (status != HvStatus.SUCCESS) {
            return status;
        }
        return isSparse ? flushTargets() : flushAll();
    }

    /** Reads the ranges as far as KVM does, for the errors this can give; a call without a list has none. */
    private int checkRanges(HypercallInput input) {
        int count = input.repCount();
        return count == 0 || count > QUEUE_ENTRIES ? HvStatus.SUCCESS : input.list(0, count, ranges);
    }

    private int flushAll() {
        targets.clear();
        targets.addFirst(partition.vpCount());
        return flushTargets();
    }

    /**
     * Flushes. A host that cannot makes the call fail rather than seem done: Linux then flushes by interrupts of its
     * own, as it does on any status but success, while a flush that did not happen would corrupt the guest's memory.
     */
    private int flushTargets() {
        return targets.isEmpty() || partition.flushTlb(vp, targets) ? HvStatus.SUCCESS : HvStatus.OPERATION_DENIED;
    }
}
