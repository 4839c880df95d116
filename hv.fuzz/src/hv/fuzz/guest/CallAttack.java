package hv.fuzz.guest;

import hv.api.CpuRegisters.Mode;
import hv.api.GuestFault;
import hv.api.HvStatus;
import hv.fuzz.target.Choices;
import hv.fuzz.target.Finding;

/**
 * Hypercalls. Of a result value only status and repetitions may be set, and no more of them are completed than were
 * asked for.
 */
final class CallAttack implements Attack {
    private static final long RESULT_BITS = 0x0000_0FFF_0000_FFFFL;

    private final CallChoice call = new CallChoice();

    @Override
    public void on(AttackedPartition partition, Choices choices) {
        int vp = choices.below(partition.vps.length);
        call.choose(choices, partition.memory(), partition.memoryBytes(), partition.vps.length);
        CallRegisters registers = partition.registers;
        registers.fillXmm(choices);
        call.into(registers);
        try {
            partition.vps[vp].hypercall(registers);
            check(registers);
            partition.answer(registers.result());
        } catch (GuestFault fault) {
            partition.answer(fault.vector());
        }
    }

    private void check(CallRegisters registers) {
        long result = registers.result();
        String which = "call 0x%x of a %s caller with input 0x%x".formatted(call.control(), call.mode(), call.input());
        if (call.mode() == Mode.LONG && registers.rdx() != call.input()) {
            throw new Finding(which + " changed RDX");
        }
        if ((result & ~RESULT_BITS) != 0 || result >>> 32 > (call.control() >>> 32 & 0xFFF)) {
            throw new Finding("%s has the result 0x%x".formatted(which, result));
        }
        if (HvStatus.name((int) result & 0xFFFF).startsWith("0x")) {
            throw new Finding("%s has a status that the TLFS does not know, 0x%x".formatted(which, result));
        }
    }
}
