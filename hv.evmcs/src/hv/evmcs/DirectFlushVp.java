package hv.evmcs;

import hv.api.CpuRegisters;
import hv.api.GuestFault;
import hv.api.GuestMemory;
import hv.api.HvStatus;
import hv.api.StateException;
import hv.api.Vendor;
import hv.api.VpSet;
import hv.api.enlightenment.Configuration;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.enlightenment.VirtualProcessor;
import hv.api.enlightenment.VpAttachment;
import hv.api.nested.DirectFlush;
import hv.api.nested.EnlightenedVmcb;
import hv.api.nested.SyntheticExit;
import java.util.function.LongUnaryOperator;

/** Direct flush on one VP: which L2 it runs, and the calls that L2 makes. */
final class DirectFlushVp implements DirectFlush, NestedIdentity, VpAttachment {
    private static final long NO_PAGE = -1;

    private final VirtualProcessor vp;
    private final Partition partition;
    private final GuestMemory memory;
    private final DirectFlush.OfPartition vps;
    private final boolean isPromised;
    private final boolean isAccessDenied;
    private final boolean isXmmInputClosed;
    private final SyntheticExit afterFlush;
    private final NestedAssist assist;
    private final FlushInput input;
    private final VpSet targets = new VpSet();
    private final RunningGuest running = new RunningGuest();
    private long partitionAssistPage = NO_PAGE;
    private boolean isOptedIn;

    DirectFlushVp(VirtualProcessor vp, DirectFlush.OfPartition vps) {
        this.vp = vp;
        this.partition = vp.partition();
        this.memory = partition.memory();
        this.vps = vps;
        Configuration configuration = partition.configuration();
        this.isPromised = configuration.isEnabled("tlbflush-direct");
        this.isAccessDenied = configuration.enforcesCpuid() && !configuration.isEnabled("tlbflush");
        this.isXmmInputClosed = configuration.enforcesCpuid() && !configuration.isEnabled("xmm-input");
        this.afterFlush = configuration.host().vendor() == Vendor.INTEL ? SyntheticExit.INTEL : SyntheticExit.AMD;
        this.assist = new NestedAssist(vp);
        this.input = new FlushInput(memory);
    }

    @Override
    public void enter(boolean optedIn, long vm, int processor, long assistPage) {
        isOptedIn = optedIn;
        partitionAssistPage = assistPage;
        running.set(vm, processor);
    }

    @Override
    public void leave() {
        enter(false, 0, 0, NO_PAGE);
    }

    @Override
    public boolean enter(EnlightenedVmcb vmcb) {
        boolean isLoaded = assist.load();
        if (!isLoaded && assist.isEnabled()) {
            return false;
        }
        enter(
                isLoaded && assist.isDirectHypercall() && vmcb.isNestedFlush(),
                vmcb.vmId(),
                vmcb.vpId(),
                vmcb.partitionAssistPage());
        return true;
    }

    @Override
    public boolean takes(int callCode) {
        return isPromised && isOptedIn && FlushInput.isFlush(callCode & 0xFFFF);
    }

    @Override
    public SyntheticExit call(CpuRegisters registers, LongUnaryOperator toL1) throws GuestFault {
        input.start(registers);
        int status = carryOut(toL1);
        int lockCount = 0;
        if (status == HvStatus.SUCCESS) {
            if (memory.isRam(partitionAssistPage, Integer.BYTES)) {
                lockCount = memory.getInt(partitionAssistPage);
            } else {
                status = HvStatus.INVALID_HYPERCALL_INPUT;
            }
        }
        FlushInput.finish(registers, status == HvStatus.SUCCESS ? (long) input.repCount() << 32 : status);
        return lockCount == 0 ? SyntheticExit.NONE : afterFlush;
    }

    /** The status of the call, after the flush and before the lock is looked at. */
    private int carryOut(LongUnaryOperator toL1) throws GuestFault {
        if (isAccessDenied) {
            return HvStatus.ACCESS_DENIED;
        }
        if (input.hasReservedBits()) {
            return HvStatus.INVALID_HYPERCALL_INPUT;
        }
        if (isXmmInputClosed && input.isFast()) {
            throw GuestFault.INVALID_OPCODE;
        }
        if (!takes(input.code())) {
            return HvStatus.INVALID_HYPERCALL_CODE;
        }
        int status = input.read(toL1);
        if (status != HvStatus.SUCCESS || input.isNothing()) {
            return status;
        }
        targets(input.isAll(), input.vpIds(), targets);
        return targets.isEmpty() || partition.flushTlb(vp, targets) ? HvStatus.SUCCESS : HvStatus.OPERATION_DENIED;
    }

    @Override
    public void targets(boolean isAll, VpSet vpIds, VpSet into) {
        into.clear();
        for (int i = 0; i < partition.vpCount(); i++) {
            RunningGuest other = ((DirectFlushVp) vps.vp(i)).running;
            int named = other.vpId();
            boolean isNamed = isAll || named >= 0 && named < VpSet.MAX_VPS && vpIds.contains(named);
            if (isNamed && other.vmId() == running.vmId()) {
                into.add(i);
            }
        }
    }

    @Override
    public void save(StateWriter out) {
        out.put("OptedIn", isOptedIn ? 1 : 0);
        out.put("VmId", running.vmId());
        out.put("VpId", running.vpId() & 0xFFFF_FFFFL);
        out.put("PartitionAssistPage", partitionAssistPage);
    }

    @Override
    public void restore(StateReader in) throws StateException {
        long optedIn = in.get("OptedIn");
        long vm = in.get("VmId");
        long processor = in.get("VpId");
        long assistPage = in.get("PartitionAssistPage");
        if (optedIn < 0 || optedIn > 1) {
            throw new StateException("tlbflush-direct: OptedIn is %d, not 0 or 1".formatted(optedIn));
        }
        if (processor >>> 32 != 0) {
            throw new StateException("tlbflush-direct: VpId 0x%x has more than 32 bits".formatted(processor));
        }
        enter(optedIn == 1, vm, (int) processor, assistPage);
    }

    @Override
    public void reset() {
        leave();
    }
}
