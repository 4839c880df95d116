package hv.ipi;

import hv.api.HvStatus;
import hv.api.VpSet;
import hv.api.enlightenment.HypercallHandler;
import hv.api.enlightenment.HypercallInput;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.VirtualProcessor;
import hv.api.enlightenment.VpAttachment;

/**
 * Carries out the IPI calls of one VP, with KVM's checks in KVM's order. On that VP's thread; allocates nothing.
 *
 * <p>Without Ex: the input must be readable; in the fast form the half of RDX above the vector must be zero, while the
 * same bytes in memory are not looked at; the vector must be 0x10 to 0xFF.
 *
 * <p>Ex: the header must be readable; the variable header must have as many banks as the bank mask has bits; for a
 * format other than "all", which then is taken as sparse, no banks at all is success whatever the vector, and otherwise
 * the banks must be readable; last, the vector.
 *
 * <p>Every failure is HV_STATUS_INVALID_HYPERCALL_INPUT. VPs that do not exist are ignored, the target VTL is too.
 */
final class IpiCalls implements VpAttachment {
    private static final int VECTOR = 0;
    private static final int PROCESSOR_MASK = 1;
    private static final int FORMAT = 1;
    private static final int BANK_MASK = 2;

    private static final long ALL = 1;

    private static final int LOWEST_VECTOR = 0x10;
    private static final int HIGHEST_VECTOR = 0xFF;

    private final Partition partition;
    private final VpSet targets = new VpSet();

    IpiCalls(VirtualProcessor vp) {
        this.partition = vp.partition();
    }

    @Override
    public HypercallHandler hypercall(int code) {
        return code == Ipi.HV_CALL_SEND_SYNTHETIC_CLUSTER_IPI ? this::send : this::sendEx;
    }

    private int send(HypercallInput input) {
        int status = input.fetch();
        if (status != HvStatus.SUCCESS) {
            return status;
        }
        int vector = (int) input.qword(VECTOR);
        if (input.isFast() && input.qword(VECTOR) >>> 32 != 0 || !isVector(vector)) {
            return HvStatus.INVALID_HYPERCALL_INPUT;
        }
        int vps = partition.vpCount();
        long existing = vps < Long.SIZE ? (1L << vps) - 1 : -1;
        interrupt(0, input.qword(PROCESSOR_MASK) & existing, vector);
        return HvStatus.SUCCESS;
    }

    private int sendEx(HypercallInput input) {
        int status = input.fetch();
        if (status != HvStatus.SUCCESS) {
            return status;
        }
        if (input.variableQwords() != Long.bitCount(input.qword(BANK_MASK))) {
            return HvStatus.INVALID_HYPERCALL_INPUT;
        }
        if (input.qword(FORMAT) == ALL) {
            targets.clear();
            targets.addFirst(partition.vpCount());
        } else if (input.variableQwords() == 0) {
            return HvStatus.SUCCESS;
        } else {
            status = input.vpSet(BANK_MASK, targets);
        }
        int vector = (int) input.qword(VECTOR);
        if (status == HvStatus.SUCCESS && !isVector(vector)) {
            status = HvStatus.INVALID_HYPERCALL_INPUT;
        }
        if (status == HvStatus.SUCCESS) {
            for (int bank = 0; bank < targets.banks(); bank++) {
                interrupt(bank, targets.bank(bank), vector);
            }
        }
        return status;
    }

    private static boolean isVector(int vector) {
        return vector >= LOWEST_VECTOR && vector <= HIGHEST_VECTOR;
    }

    private void interrupt(int bank, long bits, int vector) {
        for (long rest = bits; rest != 0; rest &= rest - 1) {
            partition.vp(bank * Long.SIZE + Long.numberOfTrailingZeros(rest)).interrupt(vector);
        }
    }
}
