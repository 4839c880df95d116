package hv.launcher.jail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Makes the program that the kernel runs at each system call inside the jail (seccomp) out of the list of calls that
 * may be made.
 *
 * <p>The program is in the kernel's classic BPF, as bubblewrap takes it: instructions of 8 bytes. It looks for the
 * calls with rules for an argument first, in the order of the list, so that the call on the way of an exit comes first
 * of all; the others are a test of ranges, whose answers the kernel remembers. Called by the build.
 */
final class CallFilter {
    static final int ALLOW = 0x7FFF0000;
    static final int ERRNO = 0x00050000;
    static final int KILL_PROCESS = 0x80000000;
    static final int ENOSYS = 38;

    /** Kernel: AUDIT_ARCH_X86_64; and the bit that numbers of the x32 calls have. */
    static final int X86_64 = 0xC000003E;

    static final int X32_BIT = 0x40000000;

    /** Offsets in the kernel's struct seccomp_data. */
    static final int NUMBER = 0;

    static final int ARCHITECTURE = 4;
    static final int ARGUMENTS = 16;

    /** Instructions: load a word; AND; jump if equal, if not below (unsigned); return. */
    static final short LOAD = 0x20;

    static final short AND = 0x54;
    static final short JUMP_EQUAL = 0x15;
    static final short JUMP_NOT_BELOW = 0x35;
    static final short RETURN = 0x06;

    private static final List<String> LOCAL = List.of("1");
    private static final List<String> NETWORK = List.of("2", "10");
    private static final int INSTRUCTION_BYTES = 8;

    private record Instruction(short code, int ifTrue, int ifFalse, int value) {}

    private final List<Instruction> program = new ArrayList<>();

    private CallFilter() {}

    /**
     * Writes the programs for a jail without and with network, {@code filter} and {@code filter-net}.
     *
     * @param list the list of calls
     * @param folder where to
     */
    static void write(Path list, Path folder) throws IOException {
        Files.write(folder.resolve("filter"), compile(Files.readAllLines(list), LOCAL));
        // Local sockets reach whoever listens in the network namespace, and that is then the machine's.
        Files.write(folder.resolve("filter-net"), compile(Files.readAllLines(list), NETWORK));
    }

    /** The program for a list, with these families of sockets. */
    static byte[] compile(List<String> lines, List<String> families) {
        List<CallRule> rules = lines.stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> CallRule.parse(line, families))
                .toList();
        CallFilter filter = new CallFilter();
        filter.ofAnotherArchitecture();
        rules.stream().filter(rule -> !rule.isUnconditional()).forEach(filter::conditional);
        filter.unconditional(rules);
        filter.add(RETURN, 0, 0, ERRNO | ENOSYS);
        return filter.bytes();
    }

    /** Numbers mean something else there. */
    private void ofAnotherArchitecture() {
        add(LOAD, 0, 0, ARCHITECTURE);
        add(JUMP_EQUAL, 1, 0, X86_64);
        add(RETURN, 0, 0, KILL_PROCESS);
        add(LOAD, 0, 0, NUMBER);
        add(JUMP_NOT_BELOW, 0, 1, X32_BIT);
        add(RETURN, 0, 0, KILL_PROCESS);
    }

    /** With the number loaded, before and, if it is another one, behind. */
    private void conditional(CallRule rule) {
        CallFilter body = new CallFilter();
        boolean isLoaded = false;
        for (CallRule.Match match : rule.allowed()) {
            boolean isMasked = match.mask() != -1;
            if (!isLoaded || isMasked) {
                body.add(LOAD, 0, 0, ARGUMENTS + 8 * rule.argument());
            }
            if (isMasked) {
                body.add(AND, 0, 0, match.mask());
            }
            isLoaded = !isMasked;
            body.allowRange(match.from(), match.to());
        }
        body.add(RETURN, 0, 0, ERRNO | rule.errno());
        add(JUMP_EQUAL, 0, body.program.size(), rule.number());
        program.addAll(body.program);
    }

    private void unconditional(List<CallRule> rules) {
        TreeSet<Integer> numbers = new TreeSet<>();
        rules.stream().filter(CallRule::isUnconditional).forEach(rule -> numbers.add(rule.number()));
        while (!numbers.isEmpty()) {
            int from = numbers.pollFirst();
            int to = from;
            while (numbers.remove(to + 1)) {
                to++;
            }
            allowRange(from, to);
        }
    }

    /** Returns if the loaded word is in the range, and falls through otherwise. */
    private void allowRange(int from, int to) {
        if (from == to) {
            add(JUMP_EQUAL, 0, 1, from);
        } else {
            add(JUMP_NOT_BELOW, 0, to == -1 ? 1 : 2, from);
            if (to != -1) {
                add(JUMP_NOT_BELOW, 1, 0, to + 1);
            }
        }
        add(RETURN, 0, 0, ALLOW);
    }

    private void add(short code, int ifTrue, int ifFalse, int value) {
        if (ifTrue > 0xFF || ifFalse > 0xFF) {
            throw new IllegalArgumentException("too many values for one call");
        }
        program.add(new Instruction(code, ifTrue, ifFalse, value));
    }

    private byte[] bytes() {
        ByteBuffer bytes =
                ByteBuffer.allocate(program.size() * INSTRUCTION_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (Instruction instruction : program) {
            bytes.putShort(instruction.code());
            bytes.put((byte) instruction.ifTrue());
            bytes.put((byte) instruction.ifFalse());
            bytes.putInt(instruction.value());
        }
        return bytes.array();
    }
}
