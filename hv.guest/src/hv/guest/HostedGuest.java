package hv.guest;

import hv.api.CpuidRegister;
import hv.api.GuestFault;
import hv.api.SavedState;
import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.api.host.GuestPartition;
import hv.api.host.GuestVp;
import hv.api.host.Host;
import hv.api.machine.SectionReader;
import hv.api.machine.StateSections;
import hv.guest.Bytecode.Entry;
import hv.guest.VpReport.Outcome;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * The guest program without a CPU: runs a program's parts against a partition, and writes the report that the kernel
 * writes.
 *
 * <p>What a part does to the machine goes straight to the partition: RDMSR, WRMSR and hypercalls to the VP's methods,
 * CPUID to the partition's table, RDTSC to the host's counter. All VPs are carried out by the thread that calls
 * {@link #run}; in a part that runs together they take turns, an instruction each. Interrupts are counted from what
 * {@link #interrupt} is told.
 */
public final class HostedGuest {
    /** {@link #run} was ended by {@link #stop}. */
    public static final int STOPPED = 2;

    private static final String SECTION = "guest";
    private static final int STATE_VERSION = 1;
    private static final String IN_PART = "InPart";
    private static final String PROGRAM = "ProgramSha256";

    private static final long OWN_OS_ID = 0xE876_0000_0001_0000L;
    private static final int HV_X64_MSR_GUEST_OS_ID = 0x4000_0000;
    private static final int HV_X64_MSR_HYPERCALL = 0x4000_0001;
    private static final int ACCESS_HYPERCALL_MSRS = 1 << 5;
    private static final int LEAF_VENDOR = 0x4000_0000;
    private static final int LEAF_INTERFACE = 0x4000_0001;
    private static final int LEAF_FEATURES = 0x4000_0003;
    private static final int HV1 = 0x3123_7648;

    private final Bytecode.Module module;
    private final HostedPlatform platform;
    private final HostedReport report;
    private final List<HostedVp> vps;
    private final Totals totals = new Totals();
    private final Progress progress = new Progress();
    private final byte[] digest;
    private final Pace pace;
    private final PauseGate gate;
    private volatile boolean isStopped;

    /** The part as it runs; null between two. */
    private HostedRun run;

    /**
     * A guest that has not run yet.
     *
     * @param program the parts
     * @param partition with all its VPs added
     * @param host the partition's own
     * @param commandLine options, as {@code clock=5s}; may be empty
     * @param out receives the report, in ASCII, a line feed after each line
     */
    public HostedGuest(
            GuestProgram program, GuestPartition partition, Host host, String commandLine, OutputStream out) {
        this(program, partition, host, commandLine, out, LockSupport::parkNanos, new PauseGate());
    }

    /** A guest with another way to let time pass, which stops at a gate when that is closed. */
    HostedGuest(
            GuestProgram program,
            GuestPartition partition,
            Host host,
            String commandLine,
            OutputStream out,
            Pace pace,
            PauseGate gate) {
        this.pace = pace;
        this.gate = gate;
        this.digest = program.digest();
        this.module = Bytecode.decode(program.module());
        this.platform = new HostedPlatform(partition, host, new CommandLine(commandLine), pace);
        this.report = new HostedReport(out);
        this.vps = IntStream.range(0, partition.vpCount())
                .mapToObj(index -> new HostedVp(index, platform))
                .toList();
    }

    /**
     * Requests an interrupt, as {@link Host#interrupt} was asked to. Numbers that no VP or vector has are ignored. Any
     * thread.
     */
    public void interrupt(int vp, int vector) {
        if (vp >= 0 && vp < vps.size() && vector >= HostedInterrupts.FIRST_VECTOR && vector <= 255) {
            vps.get(vp).interrupts().request(vector);
        }
    }

    /** Ends {@link #run} before its next instruction: the guest was reset or switched off. Any thread. */
    public void stop() {
        isStopped = true;
    }

    /**
     * Runs all parts, from the start or from where the restored guest was. Call it once.
     *
     * @return 0 if no part failed, 1 if one did, {@link #STOPPED}
     */
    public int run() {
        if (vps.isEmpty() || vps.size() > GuestProgram.MOST_VPS) {
            report.line("needs 1 to 255 vCPUs");
            return 1;
        }
        if (platform.memoryBytes() < GuestProgram.memoryBytes(vps.size())) {
            report.line("needs more memory: 6 MiB, and 64 KiB for each vCPU");
            return 1;
        }
        if (platform.partLimit100ns().isEmpty()) {
            report.line("option limit: write a time (5s, 100ms, 20us)");
            return 1;
        }
        if (!goesOn()) {
            return STOPPED;
        }
        boolean isAnnounced = platform.cpuid(LEAF_INTERFACE, CpuidRegister.EAX) == HV1;
        if (!progress.isBegun) {
            announce(isAnnounced);
            progress.isBegun = true;
        }
        for (; progress.next < module.entries().size(); progress.next++) {
            Entry entry = module.entries().get(progress.next);
            if (!isAnnounced || !applies(entry.part())) {
                notOffered(entry);
            } else if (!runPart(entry.part())) {
                return STOPPED;
            }
        }
        report.line((isAnnounced ? "" : "Hyper-V is not announced: ") + totals.line(vcpus()));
        return totals.hasFailures() ? 1 : 0;
    }

    /** Between two rounds: stands still while the gate is closed; false if the run ends here. */
    private boolean goesOn() {
        pace.round();
        if (!isStopped) {
            gate.pass();
        }
        return !isStopped;
    }

    private String vcpus() {
        return vps.size() == 1 ? "1 vCPU" : vps.size() + " vCPUs";
    }

    private void announce(boolean isAnnounced) {
        long mebibytes = platform.memoryBytes() >> 20;
        if (!isAnnounced) {
            report.line("%s, %d MiB, no Hyper-V announced".formatted(vcpus(), mebibytes));
            return;
        }
        boolean isRefused = !startHypercalls();
        ByteBuffer vendor = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        vendor.putInt(platform.cpuid(LEAF_VENDOR, CpuidRegister.EBX));
        vendor.putInt(platform.cpuid(LEAF_VENDOR, CpuidRegister.ECX));
        vendor.putInt(platform.cpuid(LEAF_VENDOR, CpuidRegister.EDX));
        report.line("%s, %d MiB, hypervisor \"%s\" leaves 0x40000000-0x%x, interface Hv#1"
                .formatted(
                        vcpus(),
                        mebibytes,
                        Strings.printable(vendor.array()),
                        platform.cpuid(LEAF_VENDOR, CpuidRegister.EAX)));
        if (isRefused) {
            report.line("the hypercall page was refused");
            totals.add(Outcome.FAIL);
        }
    }

    /** GUEST_OS_ID, then HYPERCALL, if the features allow; false if that was refused. */
    private boolean startHypercalls() {
        if ((platform.cpuid(LEAF_FEATURES, CpuidRegister.EAX) & ACCESS_HYPERCALL_MSRS) == 0) {
            return true;
        }
        GuestVp vp = platform.partition().vp(0);
        long wanted = HostedPlatform.HYPERCALL_PAGE | 1;
        try {
            vp.writeMsr(HV_X64_MSR_GUEST_OS_ID, OWN_OS_ID);
            vp.writeMsr(HV_X64_MSR_HYPERCALL, wanted);
            if (vp.readMsr(HV_X64_MSR_HYPERCALL) != wanted) {
                return false;
            }
        } catch (GuestFault fault) {
            return false;
        }
        platform.hypercallReady();
        return true;
    }

    private boolean applies(GuestPart part) {
        return part.conditions().stream()
                .allMatch(condition -> condition.holds(platform.cpuid(condition.leaf(), condition.register())));
    }

    private void notOffered(Entry entry) {
        if (entry.isExpected()) {
            totals.add(Outcome.FAIL);
            report.row(entry.part().id(), module.column(), "FAIL  expected, but not offered");
        } else {
            totals.addAbsent();
            report.row(entry.part().id(), module.column(), "not offered");
        }
    }

    private boolean runPart(GuestPart part) {
        if (run == null) {
            totals.addOffered();
            platform.clear(HostedPlatform.SHARED, HostedPlatform.SHARED_BYTES);
        }
        int turns = part.run() == GuestPart.Run.EACH ? vps.size() : 1;
        while (progress.turn < turns) {
            if (!runTogether(part, runners(part))) {
                return false;
            }
            progress.turn++;
        }
        progress.turn = 0;
        return true;
    }

    private List<HostedVp> runners(GuestPart part) {
        return switch (part.run()) {
            case EACH -> vps.subList(progress.turn, progress.turn + 1);
            case FIRST -> vps.subList(0, 1);
            case TOGETHER -> vps;
        };
    }

    private HostedRun newRun(GuestPart part) {
        return new HostedRun(part, runners(part), vps.size(), module.column(), report);
    }

    private boolean runTogether(GuestPart part, List<HostedVp> runners) {
        if (run == null) {
            run = newRun(part);
            runners.forEach(vp -> vp.start(part, run));
        }
        if (!run.inTurns(platform, this::goesOn)) {
            return false;
        }
        run = null;
        for (HostedVp vp : runners) {
            Outcome outcome = vp.report().outcome();
            totals.add(outcome);
            report.row(
                    part.id(),
                    module.column(),
                    vp.index(),
                    outcome.word(),
                    vp.report().text());
        }
        return true;
    }

    /** How far it is and what its VPs hold. Only while it stands still. */
    List<Section> save() {
        Map<String, Long> values = new TreeMap<>();
        Map<String, byte[]> bytes = new TreeMap<>();
        progress.save(values);
        values.put(IN_PART, run == null ? 0L : 1);
        if (run != null) {
            run.save(values);
        }
        totals.save(values);
        platform.save(values, bytes);
        bytes.put(PROGRAM, digest);
        List<Section> sections = new ArrayList<>();
        sections.add(new Section(SECTION, SavedState.PARTITION, STATE_VERSION, values, bytes));
        vps.forEach(vp -> sections.add(vp.save(run != null && run.concerns(vp))));
        return sections;
    }

    /** Takes what {@link #save} gave into a guest that has not run; if that fails it is of no use any more. */
    void restore(StateSections state) throws StateException {
        SectionReader from = state.takeOrNext(SECTION, SavedState.PARTITION, STATE_VERSION);
        if (!Arrays.equals(digest, from.bytesUpTo(PROGRAM, digest.length))) {
            throw from.bad("another guest program, or another version of its parts, was running");
        }
        progress.restore(from, module.entries().size(), vps.size());
        boolean isInPart = from.flag(IN_PART);
        if (isInPart ? progress.next == module.entries().size() : progress.turn != 0) {
            throw from.bad("there is no such part, or no part of such a VP");
        }
        GuestPart part = isInPart ? module.entries().get(progress.next).part() : null;
        if (isInPart) {
            run = newRun(part);
            run.restore(from);
        }
        totals.restore(from);
        platform.restore(from);
        for (HostedVp vp : vps) {
            vp.restore(state, run != null && run.concerns(vp) ? part : null, run);
        }
    }
}
