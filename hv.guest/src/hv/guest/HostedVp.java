package hv.guest;

import hv.api.CpuidRegister;
import hv.api.GuestFault;
import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.api.host.GuestVp;
import hv.api.machine.SectionReader;
import hv.api.machine.StateSections;
import hv.guest.Instruction.Source;
import hv.guest.VpReport.Outcome;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * A virtual processor without a CPU: carries out a part, one instruction at a time, against the partition's own
 * interface. {@code kernel/interpreter.s} and {@code kernel/operations.s} are the same machine on a real one; what they
 * report is the same.
 */
final class HostedVp {
    private static final String SECTION = "cpu";
    private static final int STATE_VERSION = 1;
    private static final int TEXT_MAX = 1000;

    private final int index;
    private final GuestVp vp;
    private final HostedPlatform platform;
    private final PartMemory memory;
    private final HostedInterrupts interrupts = new HostedInterrupts();
    private final CpuState cpu = new CpuState();
    private final Course course;
    private final Waits waits;
    private InterruptCounts taken = new InterruptCounts();
    private final HypercallRegisters hypercall = new HypercallRegisters();
    private Instruction[] code = {};
    private GuestPart part;
    private HostedRun run;
    private VpReport report = new VpReport();
    private Instruction current;

    HostedVp(int index, HostedPlatform platform) {
        this.index = index;
        this.platform = platform;
        this.memory = new PartMemory(platform.memory());
        this.vp = platform.partition().vp(index);
        this.course = new Course(cpu, platform);
        this.waits = new Waits(cpu, course, platform, () -> interrupts.take(this::handle));
    }

    int index() {
        return index;
    }

    HostedInterrupts interrupts() {
        return interrupts;
    }

    VpReport report() {
        return report;
    }

    boolean isRunning() {
        return report.outcome() == null;
    }

    /** Makes it ready to run a part from its start. */
    void start(GuestPart started, HostedRun together) {
        part = started;
        run = together;
        code = part.code();
        cpu.clear();
        interrupts.take(this::handle);
        cpu.registers[12] = index;
        cpu.registers[13] = platform.partition().vpCount();
        cpu.registers[14] = HostedPlatform.SHARED;
        cpu.registers[15] =
                HostedPlatform.VP_BLOCKS + index * HostedPlatform.VP_BLOCK_BYTES + HostedPlatform.SCRATCH_OFFSET;
        platform.clear(cpu.registers[15], HostedPlatform.SCRATCH_BYTES);
        for (int register = 0; register < HypercallRegisters.XMM_REGISTERS; register++) {
            hypercall.xmm(register, 0, 0);
        }
        taken = new InterruptCounts();
        report = new VpReport();
        cpu.deadline100ns = platform.clock100ns() + platform.partLimit100ns().orElseThrow();
    }

    /**
     * Its state between two instructions.
     *
     * @param isRunner whether it has to do with the part that runs; otherwise it only has interrupts to take
     */
    Section save(boolean isRunner) {
        Map<String, Long> values = new TreeMap<>();
        Map<String, byte[]> bytes = new TreeMap<>();
        interrupts.save(values);
        if (isRunner) {
            report.save(values, bytes);
            if (isRunning()) {
                cpu.save(values);
                hypercall.save(values);
                taken.save(bytes);
            }
        }
        return new Section(SECTION, index, STATE_VERSION, values, bytes);
    }

    /**
     * Takes what {@link #save} gave into a VP that has not run yet.
     *
     * @param resumed the part that runs, if this VP has to do with it, otherwise null
     */
    void restore(StateSections state, GuestPart resumed, HostedRun together) throws StateException {
        SectionReader from = state.takeOrNext(SECTION, index, STATE_VERSION);
        interrupts.restore(from);
        if (resumed != null) {
            part = resumed;
            run = together;
            code = part.code();
            report = VpReport.restored(from);
            if (isRunning()) {
                cpu.restore(from, code);
                hypercall.restore(from);
                taken = InterruptCounts.restored(from);
            }
        }
    }

    /**
     * Carries out one instruction.
     *
     * @return false if it only found that it has to wait
     */
    boolean step() {
        if (cpu.isInterruptible) {
            interrupts.take(this::handle);
        }
        current = code[cpu.place / Long.BYTES];
        int before = cpu.place;
        cpu.place += current.bytes();
        boolean isDone = true;
        try {
            isDone = execute(current);
        } catch (PartFailure failure) {
            fail(failure.getMessage());
        }
        if (isDone) {
            cpu.waiting = null;
        } else {
            cpu.place = before;
        }
        return isDone;
    }

    /** Ends the part with what went wrong, and where. */
    void fail(String text) {
        report.end(Outcome.FAIL, "%s:%d: %s".formatted(part, current.line(), text));
    }

    /** The handler of an interrupt: counts it, and ends it unless the part has said otherwise. */
    private void handle(int vector) {
        taken.count(vector);
        if (!cpu.withoutEoi.get(vector)) {
            vp.endOfInterrupt(vector);
        }
    }

    private long value(int source) {
        Source wanted = current.sources().get(source);
        return wanted.isConstant() ? wanted.value() : cpu.registers[(int) wanted.value()];
    }

    private void result(long value) {
        cpu.registers[current.destination()] = value;
    }

    private String string() {
        return part.string(current.x());
    }

    private boolean execute(Instruction instruction) throws PartFailure {
        Operation operation = instruction.operation();
        switch (operation) {
            case PASS -> report.end(Outcome.OK, "");
            case FAIL -> fail(string());
            case SKIP -> report.end(Outcome.SKIP, string());
            case SAY -> run.say(this, string());
            case GOTO_LABEL -> course.goTo(instruction.x());
            case IF -> {
                if (instruction.holds(value(0), value(1))) {
                    course.goTo(instruction.x());
                }
            }
            case CALL -> course.call(instruction.x());
            case RETURN -> course.comeBack();
            case EXPECT -> expect();
            case MOV -> result(value(0));
            case ADD, SUB, AND, OR, XOR, SHL, SHR, MUL, MULHI, DIV, REM ->
                result(Arithmetic.compute(operation, value(0), value(1)));
            case LOAD8, LOAD16, LOAD32, LOAD64 -> result(memory.load(operation, address()));
            case STORE8, STORE16, STORE32, STORE64 -> memory.store(operation, address(), value(1));
            case GETAND32, GETOR32 -> result(memory.change(operation, address(), value(1)));
            case CPUID -> cpuid();
            case RDMSR, WRMSR, HYPERCALL -> exit(operation);
            case RDTSC -> result(platform.tsc());
            case CLOCK -> result(platform.clock100ns());
            case SET_XMM -> hypercall.xmm(instruction.x(), value(0), value(1));
            case INTERRUPTS -> cpu.isInterruptible = instruction.x() == 1;
            case COUNT -> result(taken.of(value(0)));
            case WAIT -> {
                if (!waits.forVector(taken, value(0), value(1), value(2))) {
                    return false;
                }
                result(taken.of(value(0)));
            }
            case HALT -> {
                return waits.forAny(taken, value(0));
            }
            case BARRIER -> {
                return waits.forOthers(run, index);
            }
            case OPTION -> option();
            case REPORT -> report.add(string(), Long.toUnsignedString(value(0)));
            case REPORT_HEX -> report.add(string(), "0x" + Long.toHexString(value(0)));
            case REPORT_TEXT -> reportText();
            case SET_EOI -> cpu.withoutEoi.set((int) value(0) & InterruptCounts.VECTORS - 1, instruction.x() == 1);
            case OUT32, PAUSE -> {
                // There are no ports, and there is no pipeline to relax.
            }
        }
        return true;
    }

    private long address() {
        return value(0) + current.offset();
    }

    private void expect() throws PartFailure {
        if (!current.holds(value(0), value(1))) {
            String comparison = Instruction.COMPARISONS.get(current.comparison());
            throw new PartFailure("%s: 0x%x %s 0x%x does not hold".formatted(string(), value(0), comparison, value(1)));
        }
    }

    private void cpuid() {
        int leaf = (int) value(0);
        for (CpuidRegister register : CpuidRegister.values()) {
            cpu.registers[current.destination() + register.ordinal()] =
                    Integer.toUnsignedLong(platform.cpuid(leaf, register));
        }
    }

    /** What makes a CPU leave the guest; afterwards the VP does what others want of it. */
    private void exit(Operation operation) throws PartFailure {
        try {
            switch (operation) {
                case RDMSR -> result(vp.readMsr((int) value(0)));
                case WRMSR -> vp.writeMsr((int) value(0), value(1));
                default -> hypercall();
            }
        } catch (GuestFault fault) {
            if (current.x() == Instruction.NO_LABEL) {
                throw new PartFailure("%s 0x%x faulted".formatted(operation.mnemonic(), value(0)));
            }
            course.goTo(current.x());
        }
        vp.drain();
    }

    private void hypercall() throws GuestFault, PartFailure {
        platform.checkHypercallPage();
        hypercall.load(HostedPlatform.HYPERCALL_PAGE, value(0), value(1), value(2));
        vp.hypercall(hypercall);
        result(hypercall.rax());
    }

    private void option() throws PartFailure {
        OptionalLong found = platform.commandLine().value(string(), value(0));
        result(found.orElseThrow(() -> new PartFailure(
                "option %s: write a number, a time (5s, 100ms, 20us), yes, no or once".formatted(string()))));
    }

    private void reportText() throws PartFailure {
        int length = (int) (Long.compareUnsigned(value(1), TEXT_MAX) > 0 ? TEXT_MAX : value(1));
        report.add(string(), '"' + Strings.printable(memory.bytes(value(0), length)) + '"');
    }
}
