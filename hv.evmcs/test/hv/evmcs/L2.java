package hv.evmcs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.GuestFault;
import hv.api.Vendor;
import hv.api.nested.EnlightenedVmcb;
import hv.api.nested.EntryResult;
import hv.api.nested.EvmcsField;
import hv.api.nested.SyntheticExit;
import hv.testkit.GuestRegisters;
import java.util.function.LongUnaryOperator;

/** L2s that VPs of a {@link Machine} run, and the flush calls that they make. */
final class L2 {
    static final long EVMCS_PAGES = 0x20_000;
    static final long PARTITION_ASSIST = 0x30_000;
    static final long INPUT = 0x40_000;
    static final long FAST = 1L << 16;
    static final LongUnaryOperator SAME = gpa -> gpa;

    private L2() {}

    static Machine intel(int vps) {
        return new Machine(Machine.ALL, Vendor.INTEL, vps);
    }

    static void enter(Machine machine, int vp, long vmId, int vpId, boolean isNestedFlush, boolean isDirectHypercall) {
        enter(machine, vp, vmId, vpId, isNestedFlush, isDirectHypercall, PARTITION_ASSIST);
    }

    static void enter(
            Machine machine,
            int vp,
            long vmId,
            int vpId,
            boolean isNestedFlush,
            boolean isDirectHypercall,
            long partitionAssist) {
        long page = EVMCS_PAGES + vp * 0x1000L;
        machine.enlighten(vp, page);
        machine.allowDirectHypercall(vp, isDirectHypercall);
        machine.put(page, EvmcsField.ENLIGHTENMENTS_CONTROL, isNestedFlush ? 1 : 0);
        machine.put(page, EvmcsField.VM_ID, vmId);
        machine.put(page, EvmcsField.VP_ID, vpId);
        machine.put(page, EvmcsField.PARTITION_ASSIST_PAGE, partitionAssist);
        assertEquals(EntryResult.ENTERED, machine.evmcs(vp).enter(true, Machine.REVISION));
    }

    static boolean run(Machine machine, int control, boolean isDirectHypercall, long partitionAssist) {
        machine.setAssistPage(0, Machine.assistPage(0) | 1);
        machine.allowDirectHypercall(0, isDirectHypercall);
        return machine.direct(0).enter(vmcb(machine, control, partitionAssist));
    }

    static EnlightenedVmcb vmcb(Machine machine, int control, long partitionAssist) {
        machine.memory().putInt(EVMCS_PAGES + 0x3E0, control);
        machine.memory().putLong(EVMCS_PAGES + 0x3F0, partitionAssist);
        EnlightenedVmcb vmcb = new EnlightenedVmcb();
        assertTrue(vmcb.load(machine.memory(), EVMCS_PAGES));
        return vmcb;
    }

    /** Flags and mask of a call without set, in registers. */
    static GuestRegisters fast(long control, long flags, long mask) {
        return GuestRegisters.in64(control | FAST, 0, flags, mask);
    }

    static GuestRegisters fastEx(long control, int banks, long format, long... maskAndBanks) {
        long[] xmm = new long[1 + maskAndBanks.length];
        xmm[0] = format;
        System.arraycopy(maskAndBanks, 0, xmm, 1, maskAndBanks.length);
        return GuestRegisters.in64(control | FAST | (long) banks << 17, 0, 0, xmm);
    }

    static void store(Machine machine, long... input) {
        for (int i = 0; i < input.length; i++) {
            machine.memory().putLong(INPUT + 8L * i, input[i]);
        }
    }

    static long call(Machine machine, int vp, GuestRegisters registers) throws GuestFault {
        return call(machine, vp, registers, SAME);
    }

    static long call(Machine machine, int vp, GuestRegisters registers, LongUnaryOperator toL1) throws GuestFault {
        assertEquals(SyntheticExit.NONE, machine.direct(vp).call(registers, toL1));
        return registers.rax();
    }
}
