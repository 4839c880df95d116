package hv.replay;

import hv.api.CpuidTable;
import hv.api.GuestFault;
import hv.api.GuestMemory;
import hv.api.PowerEvent;
import hv.api.SavedState;
import hv.api.StateException;
import hv.api.Vendor;
import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.GuestVp;
import hv.api.host.Hypervisor;
import hv.api.machine.StateSections;
import hv.hosted.HostedApic;
import hv.hosted.HostedHost;
import hv.hosted.HostedListener;
import hv.replay.Operation.Eoi;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A guest without a CPU: the partition is real, its VPs are played. The CPU is AMD's, as that of the recordings.
 *
 * <p>Time moves only by what is done: a little with each operation, as much as it says with a sleep. Each operation on
 * a VP is one entry into the guest and one exit, and the VP does its pending work (expired timers) at both.
 */
final class HostedMachine implements Machine {
    private static final int HV_X64_MSR_EOI = 0x4000_0070;
    private static final int NO_EOI_REQUIRED = 1;
    private static final long OPERATION_100NS = 10;
    private static final long MILLI_100NS = 10_000;

    /** No recorded window has more than a few; a handler that is interrupted without end must not hang the replay. */
    private static final int MAX_INTERRUPTS = 10_000;

    /** What the program has on the heap besides, and what a partition keeps for each VP. */
    private static final long BASE_BYTES = 24L << 20;

    private static final long BYTES_PER_VP = 64L << 10;

    private final HostedHost host;
    private final GuestPartition partition;
    private final List<String> events = new ArrayList<>();

    /**
     * Starts the guest.
     *
     * @throws ConfigurationException if it cannot be started with such flags
     * @throws MachineException if this program's heap is too small for it
     */
    HostedMachine(Hypervisor hypervisor, VectorHeader header) throws ConfigurationException {
        requireFits(header, Runtime.getRuntime().maxMemory());
        host = HostedHost.builder()
                .vendor(Vendor.AMD)
                .memoryBytes(header.memoryBytes())
                .build();
        host.addListener(new HostedListener() {
            @Override
            public void power(PowerEvent event) {
                events.add(
                        switch (event) {
                            case PowerEvent.Crash crash -> "crash";
                            case PowerEvent.Reset reset -> "reset";
                        });
            }
        });
        partition = hypervisor.create(header.cpu(), host);
        try {
            for (int vp = 0; vp < header.vps(); vp++) {
                partition.addVp();
            }
            host.attach(partition);
        } catch (Throwable e) {
            partition.close();
            throw e;
        }
    }

    /**
     * The guest's memory is on the heap, and so is what is kept of each VP: a few bytes of a header ask for a gigabyte.
     */
    static void requireFits(VectorHeader header, long heapBytes) {
        long needed = BASE_BYTES + header.memoryBytes() + header.vps() * BYTES_PER_VP;
        if (needed > heapBytes) {
            throw new MachineException(
                    "%d VPs and %d MiB of memory need a heap of %d MiB, and this program has %d: write HV_JAVA_OPTIONS=-Xmx%dm in front"
                            .formatted(
                                    header.vps(),
                                    header.memoryBytes() >> 20,
                                    needed >> 20,
                                    heapBytes >> 20,
                                    (needed >> 20) + 16));
        }
    }

    /** The partition, to be looked at between operations. */
    GuestPartition partition() {
        return partition;
    }

    /**
     * The same guest on another host: with its RAM, what the guest can see of the host, and its partition's state, as a
     * snapshot takes them. This one is closed.
     *
     * @throws ConfigurationException as for a new one
     * @throws StateException if it does not take its own state, which is a bug
     */
    HostedMachine moved(Hypervisor hypervisor, VectorHeader header) throws ConfigurationException, StateException {
        SavedState processors = new SavedState(host.save(partition.vpCount()));
        SavedState saved = partition.save();
        HostedMachine target = new HostedMachine(hypervisor, header);
        byte[] page = new byte[GuestMemory.PAGE_BYTES];
        for (long gpa = 0; gpa < header.memoryBytes(); gpa += page.length) {
            host.memory().read(gpa, page, 0, page.length);
            target.host.memory().write(gpa, page, 0, page.length);
        }
        StateSections sections = new StateSections(processors);
        target.host.restore(sections, partition.vpCount()).run();
        target.partition.restore(saved);
        target.events.addAll(events);
        close();
        return target;
    }

    private GuestVp enter(int vp) {
        host.advance100ns(OPERATION_100NS);
        GuestVp entered = partition.vp(vp);
        entered.drain();
        return entered;
    }

    @Override
    public long readMsr(int vp, int msr) throws GuestFault {
        GuestVp entered = enter(vp);
        try {
            return entered.readMsr(msr);
        } finally {
            entered.drain();
        }
    }

    @Override
    public void writeMsr(int vp, int msr, long value) throws GuestFault {
        GuestVp entered = enter(vp);
        try {
            entered.writeMsr(msr, value);
        } finally {
            entered.drain();
        }
    }

    @Override
    public CpuidTable.Leaf cpuid(int vp, int leaf, int subleaf) {
        return partition.cpuid().leaves().stream()
                .filter(candidate -> candidate.leaf() == leaf)
                .findFirst()
                .orElse(new CpuidTable.Leaf(leaf, 0, 0, 0, 0));
    }

    @Override
    public void hypercall(int vp, CallRegisters registers, Optional<Long> via) throws GuestFault {
        GuestVp entered = enter(vp);
        try {
            entered.hypercall(registers);
        } finally {
            entered.drain();
        }
    }

    @Override
    public byte[] code(long gpa, int length) {
        int readable = length;
        while (readable > 0 && !host.memory().isRam(gpa, readable)) {
            readable--;
        }
        return peek(gpa, readable);
    }

    @Override
    public byte[] callCode() {
        return host.hypercallPage();
    }

    @Override
    public void poke(long gpa, byte... bytes) {
        host.memory().write(gpa, bytes, 0, bytes.length);
    }

    @Override
    public byte[] peek(long gpa, int length) {
        byte[] bytes = new byte[length];
        if (length > 0) {
            host.memory().read(gpa, bytes, 0, length);
        }
        return bytes;
    }

    @Override
    public SortedMap<Integer, Integer> takeInterrupts(int vp, Eoi eoi, long assist) throws GuestFault {
        SortedMap<Integer, Integer> counts = new TreeMap<>();
        GuestVp entered = enter(vp);
        HostedApic apic = host.hostedApic(vp);
        int vector = apic.accept();
        for (int taken = 0; vector >= 0 && taken < MAX_INTERRUPTS; taken++) {
            counts.merge(vector, 1, Integer::sum);
            handle(entered, apic, eoi, assist);
            entered.drain();
            vector = apic.accept();
        }
        return counts;
    }

    /** The guest's handler. Whatever it writes to an APIC makes it exit first. */
    private void handle(GuestVp vp, HostedApic apic, Eoi eoi, long assist) throws GuestFault {
        apic.enterGuest();
        boolean isEoiSkipped = eoi == Eoi.NONE || eoi == Eoi.ASSIST && clearsNoEoiRequired(assist);
        apic.leaveGuest();
        if (!isEoiSkipped) {
            if (eoi == Eoi.APIC) {
                apic.eoi();
            } else {
                vp.writeMsr(HV_X64_MSR_EOI, 0);
            }
        }
    }

    private boolean clearsNoEoiRequired(long assist) {
        GuestMemory memory = host.memory();
        return (memory.getAndBitwiseAndInt(assist, ~NO_EOI_REQUIRED) & NO_EOI_REQUIRED) != 0;
    }

    @Override
    public void sleep(int millis) {
        host.advance100ns(millis * MILLI_100NS);
        for (int vp = 0; vp < partition.vpCount(); vp++) {
            enter(vp);
        }
    }

    @Override
    public List<String> takeEvents() {
        String[] taken = events.toArray(String[]::new);
        events.clear();
        return Arrays.asList(taken);
    }

    @Override
    public void close() {
        partition.close();
    }
}
