package hv.guest;

import hv.api.StateException;
import hv.api.machine.SectionReader;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;

/**
 * The registers of a hosted VP: all that the instructions of a part change about it, but what it reports. Used by the
 * interpreter's thread, or by others while the guest is paused.
 */
final class CpuState {
    static final int CALLS_MAX = 16;

    private static final String REGISTER = "R";
    private static final String RETURN = "Return";
    private static final String PLACE = "Place";
    private static final String DEPTH = "Depth";
    private static final String INTERRUPTIBLE = "Interruptible";
    private static final String DEADLINE = "Deadline100ns";
    private static final String WITHOUT_EOI = "WithoutEoi";
    private static final String IS_WAITING = "Waits";
    private static final String WAIT_UNTIL = "WaitsUntil100ns";
    private static final String WAIT_SINCE = "WaitsSince";
    private static final int VECTOR_WORDS = InterruptCounts.VECTORS / Long.SIZE;

    final long[] registers = new long[Names.REGISTERS];
    final int[] returns = new int[CALLS_MAX];
    final BitSet withoutEoi = new BitSet(InterruptCounts.VECTORS);
    boolean isInterruptible;
    int place;
    int depth;
    long deadline100ns;

    /** What the current instruction waits for; null while it does not wait. */
    Waiting waiting;

    /**
     * What an instruction waits for.
     *
     * @param until100ns no longer than this, by the guest's clock
     * @param since a count when it began
     */
    record Waiting(long until100ns, long since) {}

    /** As at the start of a part. */
    void clear() {
        Arrays.fill(registers, 0);
        Arrays.fill(returns, 0);
        withoutEoi.clear();
        isInterruptible = false;
        place = 0;
        depth = 0;
        deadline100ns = 0;
        waiting = null;
    }

    void save(Map<String, Long> to) {
        for (int i = 0; i < registers.length; i++) {
            to.put(REGISTER + i, registers[i]);
        }
        for (int i = 0; i < depth; i++) {
            to.put(RETURN + i, (long) returns[i]);
        }
        long[] words = Arrays.copyOf(withoutEoi.toLongArray(), VECTOR_WORDS);
        for (int i = 0; i < words.length; i++) {
            to.put(WITHOUT_EOI + i, words[i]);
        }
        to.put(PLACE, (long) place);
        to.put(DEPTH, (long) depth);
        to.put(INTERRUPTIBLE, isInterruptible ? 1L : 0);
        to.put(DEADLINE, deadline100ns);
        to.put(IS_WAITING, waiting == null ? 0L : 1);
        to.put(WAIT_UNTIL, waiting == null ? 0 : waiting.until100ns());
        to.put(WAIT_SINCE, waiting == null ? 0 : waiting.since());
    }

    /**
     * Takes what {@link #save} gave.
     *
     * @param code of the part that runs: every place must be the start of an instruction
     */
    void restore(SectionReader from, Instruction... code) throws StateException {
        clear();
        System.arraycopy(from.values(REGISTER, registers.length), 0, registers, 0, registers.length);
        depth = from.value(DEPTH, 0, CALLS_MAX);
        for (int i = 0; i < depth; i++) {
            returns[i] = place(from, RETURN + i, code);
        }
        withoutEoi.or(BitSet.valueOf(from.values(WITHOUT_EOI, VECTOR_WORDS)));
        place = place(from, PLACE, code);
        isInterruptible = from.flag(INTERRUPTIBLE);
        deadline100ns = from.value(DEADLINE);
        long until100ns = from.value(WAIT_UNTIL);
        long since = from.value(WAIT_SINCE);
        waiting = from.flag(IS_WAITING) ? new Waiting(until100ns, since) : null;
    }

    private static int place(SectionReader from, String name, Instruction... code) throws StateException {
        int place = from.value(name, 0, Math.max(0, (code.length - 1) * Long.BYTES));
        if (place % Long.BYTES != 0 || code.length == 0 || code[place / Long.BYTES] == null) {
            throw from.bad("%s %d is not an instruction of the part".formatted(name, place));
        }
        return place;
    }
}
