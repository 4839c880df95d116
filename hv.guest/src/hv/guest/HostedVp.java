package hv.guest;

import hv.api.CpuidRegister;
import hv.api.GuestFault;
import hv.api.GuestMemory;
import hv.api.host.GuestVp;
import hv.guest.Instruction.Source;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A virtual processor without a CPU: carries out a part, one instruction at a time, against the partition's own interface.
 * {@code kernel/interpreter.s} and {@code kernel/operations.s} are the same machine on a real one; what they report is the same.
 */
final class HostedVp {
    /** What became of a part. */
    enum Outcome {
        OK,
        FAIL,
        SKIP
    }

    private static final int TEXT_MAX = 1000;
    private static final int CALLS_MAX = 16;
    private static final long PART_LIMIT_100NS = 600_000_000;
    private static final long BARRIER_LIMIT_100NS = 200_000_000;

    private final int index;
    private final GuestVp vp;
    private final HostedPlatform platform;
    private final HostedInterrupts interrupts = new HostedInterrupts();
    private final HypercallRegisters hypercall = new HypercallRegisters();
    private final long[] registers = new long[Names.REGISTERS];
    private final int[] returns = new int[CALLS_MAX];
    private final Map<Integer, Instruction> code = new HashMap<>();
    private byte[] strings = new byte[0];
    private String name = "";
    private StringBuilder report = new StringBuilder();
    private String message = "";
    private Outcome outcome = Outcome.OK;
    private boolean isRunning;
    private boolean isInterruptible;
    private int place;
    private int depth;
    private long deadline100ns;
    private HostedRun run;
    private Instruction current;

    /** What the VP waits for: until when, and the state when it began. Null while it goes on. */
    private Waiting waiting;

    private record Waiting(long until100ns, long since) {}

    HostedVp(int index, HostedPlatform platform) {
        this.index = index;
        this.platform = platform;
        this.vp = platform.partition().vp(index);
    }

    int index() {
        return index;
    }

    HostedInterrupts interrupts() {
        return interrupts;
    }

    Outcome outcome() {
        return outcome;
    }

    /** The words that follow the outcome in the report. */
    String text() {
        return message.isEmpty() || report.isEmpty() ? message + report : message + " " + report;
    }

    boolean isRunning() {
        return isRunning;
    }

    /** Makes it ready to run a part from its start. */
    void start(GuestPart part, HostedRun together) {
        run = together;
        name = part.id();
        strings = part.strings();
        code.clear();
        int at = 0;
        for (Instruction instruction : part.instructions()) {
            code.put(at, instruction);
            at += instruction.bytes();
        }
        java.util.Arrays.fill(registers, 0);
        long block = HostedPlatform.VP_BLOCKS + index * HostedPlatform.VP_BLOCK_BYTES;
        registers[12] = index;
        registers[13] = platform.partition().vpCount();
        registers[14] = HostedPlatform.SHARED;
        registers[15] = block + HostedPlatform.SCRATCH_OFFSET;
        platform.clear(registers[15], HostedPlatform.SCRATCH_BYTES);
        for (int register = 0; register < 6; register++) {
            hypercall.xmm(register, 0, 0);
        }
        interrupts.clear();
        report = new StringBuilder();
        message = "";
        waiting = null;
        place = 0;
        depth = 0;
        isInterruptible = false;
        isRunning = true;
        deadline100ns = platform.clock100ns() + PART_LIMIT_100NS;
    }

    /**
     * Carries out one instruction.
     *
     * @return false if it only found that it has to wait
     */
    boolean step() {
        if (isInterruptible) {
            interrupts.take();
        }
        current = code.get(place);
        int before = place;
        place += current.bytes();
        boolean isDone = execute(current);
        if (!isDone) {
            place = before;
        } else {
            waiting = null;
        }
        return isDone;
    }

    private long value(int source) {
        Source wanted = current.sources().get(source);
        return wanted.isConstant() ? wanted.value() : registers[(int) wanted.value()];
    }

    private void result(long value) {
        registers[current.destination()] = value;
    }

    private String string() {
        return Strings.at(strings, current.x());
    }

    private void end(Outcome how, String text) {
        outcome = how;
        message = text.length() > TEXT_MAX ? text.substring(0, TEXT_MAX) : text;
        isRunning = false;
    }

    /** Ends the part with what went wrong, and where. */
    void fail(String text) {
        end(Outcome.FAIL, "%s.guest:%d: %s".formatted(name, current == null ? 0 : current.line(), text));
    }

    private boolean execute(Instruction instruction) {
        switch (instruction.operation()) {
            case PASS -> end(Outcome.OK, "");
            case FAIL -> fail(string());
            case SKIP -> end(Outcome.SKIP, string());
            case SAY -> run.say(this, string());
            case GOTO_LABEL -> goTo(instruction.x());
            case IF -> {
                if (instruction.holds(value(0), value(1))) {
                    goTo(instruction.x());
                }
            }
            case CALL -> call();
            case RETURN -> {
                if (depth == 0) {
                    fail("return without call");
                } else {
                    place = returns[--depth];
                }
            }
            case EXPECT -> expect();
            case MOV, ADD, SUB, AND, OR, XOR, SHL, SHR, MUL, MULHI, DIV, REM -> arithmetic(instruction.operation());
            case LOAD8, LOAD16, LOAD32, LOAD64 -> load(instruction.operation());
            case STORE8, STORE16, STORE32, STORE64 -> store(instruction.operation());
            case GETAND32, GETOR32 -> atomic(instruction.operation());
            case CPUID -> {
                for (CpuidRegister register : CpuidRegister.values()) {
                    registers[instruction.destination() + register.ordinal()] =
                            Integer.toUnsignedLong(platform.cpuid((int) value(0), register));
                }
            }
            case RDMSR -> readMsr();
            case WRMSR -> writeMsr();
            case RDTSC -> result(platform.tsc());
            case CLOCK -> result(platform.clock100ns());
            case HYPERCALL -> hypercall();
            case SET_XMM -> hypercall.xmm(instruction.x(), value(0), value(1));
            case INTERRUPTS -> {
                isInterruptible = instruction.x() == 1;
                if (isInterruptible) {
                    interrupts.take();
                }
            }
            case COUNT -> result(interrupts.count(value(0)));
            case WAIT -> {
                return waitForVector();
            }
            case HALT -> {
                return halt();
            }
            case BARRIER -> {
                return barrier();
            }
            case OPTION -> option();
            case REPORT -> report(Long.toUnsignedString(value(0)));
            case REPORT_HEX -> report("0x" + Long.toHexString(value(0)));
            case REPORT_TEXT -> reportText();
            case SET_EOI, PAUSE -> {
                // There is no APIC that waits for an EOI, and no pipeline to relax.
            }
        }
        return true;
    }

    private void goTo(int target) {
        if (target < place) {
            if (platform.clock100ns() > deadline100ns) {
                fail("ran for more than 60 s");
            } else if (!platform.timePasses()) {
                fail("the clock stands still");
            }
        }
        place = target;
    }

    private void call() {
        if (depth == CALLS_MAX) {
            fail("more than 16 calls deep");
        } else {
            returns[depth++] = place;
            goTo(current.x());
        }
    }

    private void expect() {
        if (!current.holds(value(0), value(1))) {
            fail("%s: 0x%x %s 0x%x does not hold"
                    .formatted(string(), value(0), Instruction.COMPARISONS.get(current.comparison()), value(1)));
        }
    }

    private void arithmetic(Operation operation) {
        long a = value(0);
        if (operation == Operation.MOV) {
            result(a);
            return;
        }
        long b = value(1);
        if ((operation == Operation.DIV || operation == Operation.REM) && b == 0) {
            fail("division by zero");
            return;
        }
        boolean isWide = Long.compareUnsigned(b, Long.SIZE) >= 0;
        result(
                switch (operation) {
                    case ADD -> a + b;
                    case SUB -> a - b;
                    case AND -> a & b;
                    case OR -> a | b;
                    case XOR -> a ^ b;
                    case SHL -> isWide ? 0 : a << b;
                    case SHR -> isWide ? 0 : a >>> b;
                    case MUL -> a * b;
                    case MULHI -> Math.unsignedMultiplyHigh(a, b);
                    case DIV -> Long.divideUnsigned(a, b);
                    default -> Long.remainderUnsigned(a, b);
                });
    }

    private boolean isAddress(long gpa, long bytes) {
        boolean isRam = bytes == 0 || platform.memory().isRam(gpa, bytes);
        if (!isRam) {
            fail("address 0x%x is not RAM".formatted(gpa));
        }
        return isRam;
    }

    private void load(Operation operation) {
        long gpa = value(0) + current.offset();
        GuestMemory memory = platform.memory();
        switch (operation) {
            case LOAD64 -> {
                if (isAddress(gpa, Long.BYTES)) {
                    result(memory.getLong(gpa));
                }
            }
            case LOAD32 -> {
                if (isAddress(gpa, Integer.BYTES)) {
                    result(Integer.toUnsignedLong(memory.getInt(gpa)));
                }
            }
            default -> {
                int bytes = operation == Operation.LOAD8 ? 1 : 2;
                if (isAddress(gpa, bytes)) {
                    byte[] read = new byte[2];
                    memory.read(gpa, read, 0, bytes);
                    result(read[0] & 0xFF | (read[1] & 0xFF) << 8);
                }
            }
        }
    }

    private void store(Operation operation) {
        long gpa = value(0) + current.offset();
        long value = value(1);
        GuestMemory memory = platform.memory();
        switch (operation) {
            case STORE64 -> {
                if (isAddress(gpa, Long.BYTES)) {
                    memory.putLong(gpa, value);
                }
            }
            case STORE32 -> {
                if (isAddress(gpa, Integer.BYTES)) {
                    memory.putInt(gpa, (int) value);
                }
            }
            default -> {
                int bytes = operation == Operation.STORE8 ? 1 : 2;
                if (isAddress(gpa, bytes)) {
                    memory.write(gpa, new byte[] {(byte) value, (byte) (value >>> 8)}, 0, bytes);
                }
            }
        }
    }

    private void atomic(Operation operation) {
        long gpa = value(0) + current.offset();
        if (!isAddress(gpa, Integer.BYTES)) {
            return;
        }
        if (gpa % Integer.BYTES != 0) {
            fail("address 0x%x is not a multiple of 4".formatted(gpa));
            return;
        }
        int mask = (int) value(1);
        result(Integer.toUnsignedLong(
                operation == Operation.GETAND32
                        ? platform.memory().getAndBitwiseAndInt(gpa, mask)
                        : platform.memory().getAndBitwiseOrInt(gpa, mask)));
    }

    private void readMsr() {
        try {
            result(vp.readMsr((int) value(0)));
            vp.drain();
        } catch (GuestFault fault) {
            faulted("rdmsr");
        }
    }

    private void writeMsr() {
        try {
            vp.writeMsr((int) value(0), value(1));
            vp.drain();
        } catch (GuestFault fault) {
            faulted("wrmsr");
        }
    }

    private void hypercall() {
        if (!platform.isHypercallReady()) {
            fail("there is no hypercall page");
            return;
        }
        if (!platform.hasHypercallCode()) {
            fail("the hypercall page does not hold the host's code");
            return;
        }
        hypercall.load(HostedPlatform.HYPERCALL_PAGE, value(0), value(1), value(2));
        try {
            vp.hypercall(hypercall);
            vp.drain();
            result(hypercall.rax());
        } catch (GuestFault fault) {
            faulted("hypercall");
        }
    }

    private void faulted(String what) {
        if (current.x() == Instruction.NO_LABEL) {
            fail("%s 0x%x faulted".formatted(what, value(0)));
        } else {
            goTo(current.x());
        }
    }

    private boolean isOver() {
        return Long.compareUnsigned(platform.clock100ns(), waiting.until100ns()) >= 0;
    }

    private boolean waitForVector() {
        if (waiting == null) {
            waiting = new Waiting(platform.clock100ns() + value(2), 0);
        }
        interrupts.take();
        long count = interrupts.count(value(0));
        if (Long.compareUnsigned(count, value(1)) < 0 && !isOver()) {
            return false;
        }
        result(count);
        return true;
    }

    private boolean halt() {
        if (waiting == null) {
            waiting = new Waiting(platform.clock100ns() + value(0), interrupts.taken());
        }
        interrupts.take();
        return interrupts.taken() != waiting.since() || isOver();
    }

    private boolean barrier() {
        if (waiting == null) {
            waiting = new Waiting(platform.clock100ns() + BARRIER_LIMIT_100NS, run.arrive(index));
        }
        if (run.haveArrived(waiting.since())) {
            return true;
        }
        if (isOver()) {
            fail("not all VPs came to the barrier within 20 s");
            return true;
        }
        return false;
    }

    private void option() {
        OptionalLong found = platform.commandLine().value(string(), value(0));
        if (found.isPresent()) {
            result(found.getAsLong());
        } else {
            fail("option %s: write a number, a time (5s, 100ms, 20us), yes, no or once".formatted(string()));
        }
    }

    private void report(String text) {
        report.append(report.isEmpty() ? "" : " ").append(string()).append('=').append(text);
        report.setLength(Math.min(report.length(), TEXT_MAX));
    }

    private void reportText() {
        long bytes = Long.compareUnsigned(value(1), TEXT_MAX) > 0 ? TEXT_MAX : value(1);
        if (isAddress(value(0), bytes)) {
            byte[] read = new byte[(int) bytes];
            platform.memory().read(value(0), read, 0, read.length);
            report('"' + printable(read) + '"');
        }
    }

    /** Bytes up to the first zero as text, other than printable ones as dots. */
    static String printable(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte b : new String(bytes, StandardCharsets.ISO_8859_1).split("\0", -1)[0].getBytes(
                StandardCharsets.ISO_8859_1)) {
            text.append(b >= ' ' && b <= '~' ? (char) b : '.');
        }
        return text.toString();
    }
}
