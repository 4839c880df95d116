package hv.replay;

import hv.api.CpuidTable;
import hv.api.GuestFault;
import hv.api.Problem;
import hv.api.host.ConfigurationException;
import hv.api.host.Hypervisor;
import hv.replay.Expected.Result;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Replays one file: starts a guest as its header says, does what its lines say, and compares what comes of it.
 *
 * <p>One answer counts as equal though it is not the same: a hypercall of a guest that has not introduced itself is #UD
 * in the TLFS and here, while KVM takes it for one of its own hypercalls and returns -1000.
 *
 * <p>Stateless; any thread.
 */
public final class Replayer {
    /** How many differences of a file are kept in full. */
    public static final int SHOWN_DIFFERENCES = 10;

    private static final int HV_X64_MSR_TIME_REF_COUNT = 0x4000_0020;
    private static final long KVM_ENOSYS = -1000;

    /** The event that tells a debugger's bytes to the VMM; no partition of ours has a debugger. */
    private static final String DEBUGGER_EVENT = "syndbg";

    private final Hypervisor hypervisor;
    private final Starter starter;

    /** What starts a guest, as {@link Backend#start} does. */
    @FunctionalInterface
    interface Starter {
        Machine start(Hypervisor hypervisor, VectorHeader header) throws ConfigurationException;
    }

    /** For guests of {@code hypervisor} that run on {@code backend}. */
    public Replayer(Hypervisor hypervisor, Backend backend) {
        this(hypervisor, backend::start);
    }

    /** For guests that somebody else starts. */
    Replayer(Hypervisor hypervisor, Starter starter) {
        this.hypervisor = hypervisor;
        this.starter = starter;
    }

    /**
     * Reads a file without replaying it.
     *
     * @throws VectorFormatException if it cannot be replayed as it is
     */
    public static void check(Path file) throws VectorFormatException {
        try (VectorReader reader = new VectorReader(file)) {
            Optional<Operation> operation = reader.next();
            while (operation.isPresent()) {
                operation = reader.next();
            }
        }
    }

    /**
     * Replays a file.
     *
     * @param keepGoing whether to replay it to its end; otherwise after {@value #SHOWN_DIFFERENCES} differences the
     *     rest, which may well follow from them, is left out
     * @throws VectorFormatException if it cannot be replayed as it is
     */
    public FileReport replay(Path file, boolean keepGoing) throws VectorFormatException {
        try (VectorReader reader = new VectorReader(file);
                Machine machine = starter.start(hypervisor, reader.announced())) {
            return replay(file, reader, machine, keepGoing);
        } catch (ConfigurationException e) {
            return FileReport.refused(file, "the guest cannot be started: " + refusal(e));
        } catch (MachineException e) {
            return FileReport.refused(file, "the guest cannot go on: " + e.getMessage());
        }
    }

    private static String refusal(ConfigurationException e) {
        return e.problems().stream().map(Problem::reason).collect(Collectors.joining("; "));
    }

    private static FileReport replay(Path file, VectorReader reader, Machine machine, boolean keepGoing)
            throws VectorFormatException {
        List<Difference> first = new ArrayList<>();
        SortedMap<String, Integer> skipped = new TreeMap<>();
        int operations = 0;
        int differences = 0;
        Optional<Operation> next = reader.next();
        while (next.isPresent() && (keepGoing || differences < SHOWN_DIFFERENCES)) {
            Operation operation = next.get();
            Optional<Outcome> outcome = new Replayed(machine).run(operation);
            Optional<String> incomparable = machine.incomparable(operation);
            operations++;
            incomparable.ifPresent(reason -> skipped.merge(reason, 1, Integer::sum));
            if (incomparable.isEmpty() && outcome.isPresent() && differences++ < SHOWN_DIFFERENCES) {
                first.add(new Difference(
                        reader.line(),
                        operation.text(),
                        outcome.get().expected(),
                        outcome.get().got(),
                        Section.of(operation)));
            }
            next = reader.next();
        }
        return new FileReport(file, operations, differences, first, skipped, "");
    }

    /** What was recorded and what came instead. */
    private record Outcome(String expected, String got) {
        /** Nothing if the two are the same. */
        static Optional<Outcome> compare(boolean isSame, Object expected, Object got) {
            return isSame ? Optional.empty() : Optional.of(new Outcome(expected.toString(), got.toString()));
        }
    }

    /** Does single operations on a machine. */
    private record Replayed(Machine machine) {
        /** The difference, if there is one. */
        Optional<Outcome> run(Operation operation) {
            return switch (operation) {
                case Operation.ReadMsr read -> run(read);
                case Operation.WriteMsr write -> run(write);
                case Operation.Cpuid cpuid -> run(cpuid);
                case Operation.Hypercall call -> run(call);
                case Operation.Interrupts interrupts -> run(interrupts);
                case Operation.Peek peek -> {
                    byte[] got = machine.peek(peek.gpa(), peek.bytes().length());
                    yield Outcome.compare(
                            peek.bytes().matches(got),
                            peek.bytes().text(),
                            HexFormat.of().formatHex(got));
                }
                case Operation.Poke poke -> {
                    machine.poke(poke.gpa(), poke.bytes());
                    yield Optional.empty();
                }
                case Operation.Sleep sleep -> {
                    machine.sleep(sleep.millis());
                    yield Optional.empty();
                }
            };
        }

        private Optional<Outcome> run(Operation.ReadMsr read) {
            Object expected = read.result() == Result.OK ? read.value() : read.result();
            try {
                long got = machine.readMsr(read.vp(), read.msr());
                boolean isSame = read.result() == Result.OK && read.value().matches(got);
                return Outcome.compare(isSame, expected, Expected.hex(got));
            } catch (GuestFault fault) {
                return compare(read.result(), fault, expected);
            }
        }

        private static Optional<Outcome> compare(Result expected, GuestFault fault, Object shown) {
            return Outcome.compare(expected.toString().equals(fault.getMessage()), shown, fault.getMessage());
        }

        private Optional<Outcome> run(Operation.WriteMsr write) {
            List<String> told = write.event().filter(event -> !event.equals(DEBUGGER_EVENT)).stream()
                    .toList();
            String expected = write.result() + (told.isEmpty() ? "" : " and event " + told);
            try {
                long base = write.isDeadline() ? machine.readMsr(write.vp(), HV_X64_MSR_TIME_REF_COUNT) : 0;
                machine.writeMsr(write.vp(), write.msr(), base + write.value());
                List<String> events = machine.takeEvents();
                return Outcome.compare(
                        write.result() == Result.OK && events.equals(told),
                        expected,
                        "ok" + (events.isEmpty() ? "" : " and event " + events));
            } catch (GuestFault fault) {
                return compare(write.result(), fault, expected);
            }
        }

        private Optional<Outcome> run(Operation.Cpuid cpuid) {
            CpuidTable.Leaf got = machine.cpuid(cpuid.vp(), cpuid.leaf(), cpuid.subleaf());
            boolean isSame = cpuid.eax().matches(unsigned(got.eax()))
                    && cpuid.ebx().matches(unsigned(got.ebx()))
                    && cpuid.ecx().matches(unsigned(got.ecx()))
                    && cpuid.edx().matches(unsigned(got.edx()));
            return Outcome.compare(
                    isSame,
                    "eax %s ebx %s ecx %s edx %s".formatted(cpuid.eax(), cpuid.ebx(), cpuid.ecx(), cpuid.edx()),
                    "eax 0x%x ebx 0x%x ecx 0x%x edx 0x%x".formatted(got.eax(), got.ebx(), got.ecx(), got.edx()));
        }

        private static long unsigned(int register) {
            return register & 0xFFFF_FFFFL;
        }

        private Optional<Outcome> run(Operation.Hypercall call) {
            Object expected = call.result() == Result.OK ? call.rax() : call.result();
            if (call.via().isPresent()) {
                byte[] wanted = machine.callCode();
                byte[] found = machine.code(call.via().get(), wanted.length);
                if (!Arrays.equals(found, wanted)) {
                    return Outcome.compare(
                            false,
                            expected,
                            "no call: the code there is '" + HexFormat.of().formatHex(found) + "'");
                }
            }
            CallRegisters registers = call.registers().fresh();
            try {
                machine.hypercall(call.vp(), registers, call.via());
                boolean isSame = call.result() == Result.OK && call.rax().matches(registers.rax());
                return registers.isInputIntact()
                        ? Outcome.compare(isSame, expected, Expected.hex(registers.rax()))
                        : Outcome.compare(false, expected, "RDX was changed");
            } catch (GuestFault fault) {
                boolean isKvmsOwn = call.result() == Result.OK
                        && call.rax().number() == KVM_ENOSYS
                        && fault == GuestFault.INVALID_OPCODE;
                return isKvmsOwn ? Optional.empty() : compare(call.result(), fault, expected);
            }
        }

        private Optional<Outcome> run(Operation.Interrupts interrupts) {
            String expected = interrupts.counts().toString();
            try {
                SortedMap<Integer, Integer> got =
                        machine.takeInterrupts(interrupts.vp(), interrupts.eoi(), interrupts.assist());
                return Outcome.compare(interrupts.counts().matches(got), expected, Expected.shown(got));
            } catch (GuestFault fault) {
                return Outcome.compare(false, expected, fault.getMessage() + " at the EOI MSR");
            }
        }
    }
}
