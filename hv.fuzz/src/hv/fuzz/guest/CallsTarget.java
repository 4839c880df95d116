package hv.fuzz.guest;

import hv.api.CpuRegisters.Mode;
import hv.api.GuestFault;
import hv.api.GuestMemory;
import hv.api.HvStatus;
import hv.api.SavedState;
import hv.api.StateException;
import hv.api.host.Hypervisor;
import hv.fuzz.target.Choices;
import hv.fuzz.target.Finding;
import hv.fuzz.target.LogWatch;
import hv.fuzz.target.Target;
import java.util.Arrays;

/**
 * Hypercalls, each made in several forms on the same state. Has to hold: a 32-bit caller is answered as a 64-bit one,
 * and input in registers is taken as the same input in memory, unless registers cannot hold it or that form is not
 * offered; the answer, the effects on guest and host, and what is in memory afterwards are the same.
 */
public final class CallsTarget implements Target {
    private static final int MOST_CALLS = 60;
    private static final int XMM_REGISTERS = 6;
    private static final int POST_DEBUG_DATA = 0x69;
    private static final int RETRIEVE_DEBUG_DATA = 0x6A;
    private static final int FIRST_EXTENDED = 0x8001;
    private static final int LAST_EXTENDED = 0x8041;
    private static final long FAST = 1L << 16;

    private final Hypervisor hypervisor;
    private final Attack preparation = new MsrAttack();
    private final CallChoice call = new CallChoice();
    private final CallRegisters registers = new CallRegisters();
    private final LogWatch log = new LogWatch();

    /** On a hypervisor with everything deployed. */
    public CallsTarget(Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
    }

    /**
     * What came of a call.
     *
     * @param answer result value, or the fault
     * @param effects on the host: interrupts and flushes asked for
     * @param state the partition's afterwards
     * @param memory the guest's, but for the last page
     */
    private record Outcome(String answer, String effects, SavedState state, byte[] memory) {
        void requireSame(Outcome other, String what) {
            String difference = answer.equals(other.answer) ? "" : answer + " and " + other.answer;
            difference += effects.equals(other.effects) ? "" : " effects " + effects + " and " + other.effects;
            difference += StateDifference.of(state, other.state);
            difference += Arrays.equals(memory, other.memory)
                    ? ""
                    : " memory at 0x%x".formatted(Arrays.mismatch(memory, other.memory));
            if (!difference.isEmpty()) {
                throw new Finding(what + " differ: " + difference);
            }
        }
    }

    @Override
    public int run(byte[] input) throws Exception {
        Choices choices = new Choices(input);
        int calls = 0;
        try (AttackedPartition partition = new AttackedPartition(hypervisor, Shape.SMALL, choices, Scribbler.NONE)) {
            while (choices.hasMore() && calls++ < MOST_CALLS) {
                if (choices.either()) {
                    preparation.on(partition, choices);
                } else {
                    inAllForms(partition, choices);
                }
                partition.checkMemory();
            }
        }
        log.check();
        return calls;
    }

    private void inAllForms(AttackedPartition partition, Choices choices) {
        int vp = choices.below(partition.vps.length);
        call.choose(choices, partition.memory(), partition.memoryBytes(), partition.vps.length);
        registers.fillXmm(choices);
        SavedState before = partition.save();
        byte[] memory = memory(partition);
        byte[] last = lastPage(partition);
        Outcome first = outcome(partition, vp, Mode.LONG, call.control(), call.input());
        back(partition, before, memory);
        putLastPage(partition, last);
        Outcome narrow = outcome(partition, vp, Mode.PROTECTED, call.control(), call.input());
        first.requireSame(narrow, "call 0x%x: a 64-bit and a 32-bit caller".formatted(call.control()));
        back(partition, before, memory);
        if ((call.control() & FAST) != 0 && isTaken(first)) {
            inMemory(partition, vp, first);
            back(partition, before, memory);
        }
        outcome(partition, vp, Mode.LONG, call.control(), call.input());
    }

    /**
     * Whether the input was looked at. A debugger's calls and the extended calls are refused for being fast before
     * anything else, as KVM does, and to QEMU the fast form of HvCallPostMessage is no call that it knows.
     */
    private boolean isTaken(Outcome fast) {
        int code = (int) call.control() & 0xFFFF;
        return code != POST_DEBUG_DATA
                && code != RETRIEVE_DEBUG_DATA
                && (code < FIRST_EXTENDED || code > LAST_EXTENDED)
                && !fast.answer.equals(GuestFault.INVALID_OPCODE.getMessage())
                && !fast.answer.equals("0x" + HvStatus.INVALID_HYPERCALL_CODE)
                && !fast.answer.equals("0x" + HvStatus.INVALID_HYPERCALL_INPUT);
    }

    private void inMemory(AttackedPartition partition, int vp, Outcome fast) {
        long page = partition.memoryBytes() - GuestMemory.PAGE_BYTES;
        partition.memory().putLong(page, call.input());
        partition.memory().putLong(page + 8, call.output());
        for (int i = 0; i < XMM_REGISTERS; i++) {
            partition.memory().putLong(page + 16 + 16L * i, registers.xmmLow(i));
            partition.memory().putLong(page + 24 + 16L * i, registers.xmmHigh(i));
        }
        Outcome slow = outcome(partition, vp, Mode.LONG, call.control() & ~FAST, page);
        fast.requireSame(slow, "call 0x%x: input in registers and in memory".formatted(call.control()));
    }

    private Outcome outcome(AttackedPartition partition, int vp, Mode mode, long control, long input) {
        partition.host.takeInterrupts();
        partition.host.takeTlbFlushes();
        registers.call(mode, 0, control, input, call.output());
        String answer;
        try {
            partition.vps[vp].hypercall(registers);
            answer = "0x" + Long.toHexString(registers.result());
        } catch (GuestFault fault) {
            answer = String.valueOf(fault.getMessage());
        }
        SavedState state = partition.save();
        String effects = partition.host.takeInterrupts() + " " + partition.host.takeTlbFlushes();
        return new Outcome(answer, effects, state, memory(partition));
    }

    /** The page that input is put into, and that is not looked at afterwards. */
    private static byte[] lastPage(AttackedPartition partition) {
        byte[] page = new byte[GuestMemory.PAGE_BYTES];
        partition.memory().read(partition.memoryBytes() - page.length, page, 0, page.length);
        return page;
    }

    private static void putLastPage(AttackedPartition partition, byte[] page) {
        partition.memory().write(partition.memoryBytes() - page.length, page, 0, page.length);
    }

    private static byte[] memory(AttackedPartition partition) {
        byte[] memory = new byte[(int) (partition.memoryBytes() - GuestMemory.PAGE_BYTES)];
        partition.memory().read(0, memory, 0, memory.length);
        return memory;
    }

    private static void back(AttackedPartition partition, SavedState state, byte[] memory) {
        partition.pages.name(state, true);
        try {
            partition.partition.restore(state);
        } catch (StateException e) {
            throw new Finding("a state that was saved is refused", e);
        }
        partition.askForPages();
        partition.drain();
        partition.pages.name(state, false);
        partition.memory().write(0, memory, 0, memory.length);
    }
}
