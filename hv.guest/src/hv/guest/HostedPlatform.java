package hv.guest;

import hv.api.CpuidRegister;
import hv.api.CpuidTable;
import hv.api.GuestMemory;
import hv.api.StateException;
import hv.api.host.GuestPartition;
import hv.api.host.Host;
import hv.api.machine.SectionReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What the hosted VPs of one run share: the partition and its memory, the clock, the memory map (the kernel's, see
 * {@code kernel/layout.s}). Used by the interpreter's thread only.
 */
final class HostedPlatform {
    static final long HYPERCALL_PAGE = 0x50_0000;
    static final long SHARED = 0x51_0000;
    static final int SHARED_BYTES = 0x4000;
    static final long VP_BLOCKS = 0x52_0000;
    static final long VP_BLOCK_BYTES = 0x1_0000;
    static final long SCRATCH_OFFSET = 0x8000;
    static final int SCRATCH_BYTES = 0x8000;

    private static final long PART_LIMIT_100NS = 600_000_000;
    private static final BigInteger TICKS_PER_SECOND = BigInteger.valueOf(10_000_000);
    private static final long NAP_NANOS = 100_000;
    private static final int STILL_LIMIT = 10_000_000;
    private static final int STILL_PER_NAP = 10_000;

    private static final String HYPERCALL_READY = "HypercallPageReady";
    private static final String CLOCK_SCALE = "ClockScale";
    private static final String COMMAND_LINE = "CommandLine";
    private static final int COMMAND_LINE_MAX = 1 << 16;

    private final GuestPartition partition;
    private final Host host;
    private CommandLine commandLine;
    private final Pace pace;
    private final CpuidTable cpuid;
    private final byte[] hypercallCode;
    private long scale;
    private boolean isHypercallReady;
    private long lastTsc;
    private int still;

    HostedPlatform(GuestPartition partition, Host host, CommandLine commandLine, Pace pace) {
        this.partition = partition;
        this.host = host;
        this.commandLine = commandLine;
        this.pace = pace;
        this.cpuid = partition.cpuid();
        this.hypercallCode = host.hypercallPage();
        this.scale = BigInteger.ONE
                .shiftLeft(Long.SIZE)
                .multiply(TICKS_PER_SECOND)
                .divide(BigInteger.valueOf(host.facts().tscFrequencyHz()))
                .longValue();
    }

    void save(Map<String, Long> to, Map<String, byte[]> bytes) {
        to.put(HYPERCALL_READY, isHypercallReady ? 1L : 0);
        to.put(CLOCK_SCALE, scale);
        bytes.put(COMMAND_LINE, commandLine.text().getBytes(StandardCharsets.US_ASCII));
    }

    void restore(SectionReader from) throws StateException {
        isHypercallReady = from.flag(HYPERCALL_READY);
        scale = from.value(CLOCK_SCALE);
        commandLine = new CommandLine(Strings.printable(from.bytesUpTo(COMMAND_LINE, COMMAND_LINE_MAX)));
    }

    GuestPartition partition() {
        return partition;
    }

    GuestMemory memory() {
        return host.memory();
    }

    CommandLine commandLine() {
        return commandLine;
    }

    /** A register of a leaf; the guest sees nothing of the rest of the CPU than that there is a hypervisor. */
    int cpuid(int leaf, CpuidRegister register) {
        if (leaf == 1 && register == CpuidRegister.ECX) {
            return cpuid.leaves().isEmpty() ? 0 : 1 << 31;
        }
        return cpuid.get(leaf, register);
    }

    /** How long a part may take; empty if the option is given and is no time. */
    OptionalLong partLimit100ns() {
        return commandLine.value("limit", PART_LIMIT_100NS);
    }

    long tsc() {
        return host.guestTsc();
    }

    /** The guest's own time, in 100 ns. */
    long clock100ns() {
        return Math.unsignedMultiplyHigh(tsc(), scale);
    }

    /**
     * Asked by whoever waits in a loop, so that a clock that stands still cannot hold it for ever.
     *
     * @throws PartFailure if the clock has stood still for very long
     */
    void checkTimePasses() throws PartFailure {
        checkTimePasses(1);
    }

    private void checkTimePasses(int weight) throws PartFailure {
        long now = tsc();
        if (now != lastTsc) {
            lastTsc = now;
            still = 0;
        }
        still += weight;
        if (still >= STILL_LIMIT) {
            throw new PartFailure("the clock stands still");
        }
    }

    /**
     * What a processor does that has nothing to do: all VPs drain, and some time passes.
     *
     * @throws PartFailure if it does not
     */
    void nap() throws PartFailure {
        drain();
        pace.nap(NAP_NANOS);
        drain();
        checkTimePasses(STILL_PER_NAP);
    }

    private void drain() {
        for (int vp = 0; vp < partition.vpCount(); vp++) {
            partition.vp(vp).drain();
        }
    }

    void hypercallReady() {
        isHypercallReady = true;
    }

    /** Checks what a guest's call needs: the page was accepted, and holds the host's code. */
    void checkHypercallPage() throws PartFailure {
        if (!isHypercallReady) {
            throw new PartFailure("there is no hypercall page");
        }
        byte[] found = new byte[hypercallCode.length];
        memory().read(HYPERCALL_PAGE, found, 0, found.length);
        if (!Arrays.equals(hypercallCode, found)) {
            throw new PartFailure("the hypercall page does not hold the host's code");
        }
    }

    void clear(long gpa, int bytes) {
        memory().write(gpa, new byte[bytes], 0, bytes);
    }

    /** Bytes of RAM from address 0. */
    long memoryBytes() {
        long low = 0;
        long high = 1L << 52;
        while (low + 1 < high) {
            long middle = low + high >>> 1;
            if (memory().isRam(0, middle)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
