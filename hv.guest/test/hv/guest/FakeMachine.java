package hv.guest;

import hv.api.CpuRegisters;
import hv.api.CpuidTable;
import hv.api.GuestFault;
import hv.api.GuestMemory;
import hv.api.HostFacts;
import hv.api.PowerEvent;
import hv.api.Vendor;
import hv.api.host.GuestVp;
import hv.api.host.Host;
import hv.hosted.BufferMemory;
import hv.testkit.StubPartition;
import hv.testkit.StubVp;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A host and a partition in one, with everything that the shipped parts look at, as real KVM answers it. A test changes
 * an answer and looks whether the guest notices. Each reading of the TSC lets 1 us pass.
 */
final class FakeMachine extends StubPartition implements Host {
    static final long TSC_HZ = 1_000_000_000;
    static final long SCALE = Long.divideUnsigned(-1, TSC_HZ / 10_000_000) + 1;
    static final long OFFSET = 77;

    /** Reads of an MSR, by index. */
    interface Read {
        long read(int vp) throws GuestFault;
    }

    /** Writes of an MSR, by index. */
    interface Write {
        void write(int vp, long value) throws GuestFault;
    }

    /** Hypercalls: control, input, output to result value. */
    interface Call {
        long call(int vp, CpuRegisters registers) throws GuestFault;
    }

    final Map<Integer, Read> reads = new HashMap<>();
    final Map<Integer, Write> writes = new HashMap<>();
    final Map<Integer, Long> stored = new HashMap<>();
    final List<CpuidTable.Leaf> leaves = new ArrayList<>();
    final GuestMemory memory = new BufferMemory(16 << 20);
    final List<Integer> drained = new ArrayList<>();
    final List<Integer> ended = new ArrayList<>();
    private final int vps;
    long tscStep = 1000;
    Call calls = (vp, registers) -> registers.rcx() >>> 32 == 0 ? 0 : 3;
    private long tsc = 1;

    FakeMachine(int vps) {
        this.vps = vps;
        leaf(0x4000_0000, 0x4000_0005, 0x7263694D, 0x666F736F, 0x76482074);
        leaf(0x4000_0001, 0x3123_7648, 0, 0, 0);
        leaf(0x4000_0002, 0x3839, 0x000A_0000, 0, 0);
        leaf(0x4000_0003, 1 << 1 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 9 | 1 << 11, 0, 0, 1 << 10);
        leaf(0x4000_0004, 1 << 5 | 1 << 18, 0x1FFF, 0, 0);
        leaf(0x4000_0005, -1, 64, 0, 0);
        keep(0x4000_0000);
        keep(0x4000_0001);
        writes.put(0x4000_0001, (vp, value) -> {
            stored.put(0x4000_0001, value);
            byte[] code = hypercallPage();
            memory.write(value & -4096, code, 0, code.length);
        });
        reads.put(0x4000_0002, vp -> vp);
        reads.put(0x4000_0003, vp -> 0);
        writes.put(0x4000_0003, (vp, value) -> {});
        reads.put(0x4000_0020, vp -> Math.unsignedMultiplyHigh(guestTsc(), SCALE) + OFFSET);
        keep(0x4000_0021);
        writes.put(0x4000_0021, (vp, value) -> {
            stored.put(0x4000_0021, value);
            long page = value & -4096;
            if ((value & 1) != 0) {
                memory.putLong(page + 8, SCALE);
                memory.putLong(page + 16, OFFSET);
                memory.putInt(page, memory.getInt(page) + 1);
            }
        });
        reads.put(0x4000_0022, vp -> TSC_HZ);
        reads.put(0x4000_0023, vp -> 1_000_000_000);
        IntStream.range(0x4000_0100, 0x4000_0105).forEach(this::keep);
        reads.put(0x4000_0105, vp -> Long.MIN_VALUE);
        writes.put(0x4000_0105, (vp, value) -> {});
    }

    private void keep(int msr) {
        reads.put(msr, vp -> stored.getOrDefault(msr, 0L));
        writes.put(msr, (vp, value) -> stored.put(msr, value));
    }

    /** Replaces or adds a leaf. */
    FakeMachine leaf(int leaf, int eax, int ebx, int ecx, int edx) {
        leaves.removeIf(old -> old.leaf() == leaf);
        leaves.add(new CpuidTable.Leaf(leaf, eax, ebx, ecx, edx));
        return this;
    }

    /** Runs parts, all expected or none, and gives the report with the exit code as its last line. */
    String run(boolean isExpected, String commandLine, GuestPart... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int code = guest(isExpected, commandLine, out, parts).run();
        return out.toString(StandardCharsets.US_ASCII) + "exit " + code;
    }

    HostedGuest guest(boolean isExpected, String commandLine, ByteArrayOutputStream out, GuestPart... parts) {
        List<GuestPart> list = List.of(parts);
        GuestProgram program = GuestProgram.of(
                list,
                isExpected
                        ? list.stream().map(GuestPart::id).collect(java.util.stream.Collectors.toSet())
                        : java.util.Set.of());
        return new HostedGuest(
                program, this, this, commandLine, out, nanos -> tsc += nanos * (tscStep == 0 ? 0 : 1), new PauseGate());
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public HostFacts facts() {
        return HostFacts.builder(Vendor.AMD, TSC_HZ, 1_000_000_000)
                .smtPossible(false)
                .build();
    }

    @Override
    public GuestMemory memory() {
        return memory;
    }

    @Override
    public long guestTsc() {
        return tsc += tscStep;
    }

    @Override
    public byte[] hypercallPage() {
        return new byte[] {0x0F, 0x01, (byte) 0xD9, (byte) 0xC3};
    }

    @Override
    public void kick(int vp) {}

    @Override
    public void interrupt(int vp, int vector) {}

    @Override
    public void power(PowerEvent event) {}

    @Override
    public CpuidTable cpuid() {
        return new CpuidTable(leaves);
    }

    @Override
    public int vpCount() {
        return vps;
    }

    @Override
    public GuestVp vp(int index) {
        return new StubVp(index) {
            @Override
            public long readMsr(int msr) throws GuestFault {
                if (!reads.containsKey(msr)) {
                    throw GuestFault.GENERAL_PROTECTION;
                }
                return reads.get(msr).read(index);
            }

            @Override
            public void writeMsr(int msr, long value) throws GuestFault {
                if (!writes.containsKey(msr)) {
                    throw GuestFault.GENERAL_PROTECTION;
                }
                writes.get(msr).write(index, value);
            }

            @Override
            public void hypercall(CpuRegisters registers) throws GuestFault {
                registers.rax(calls.call(index, registers));
            }

            @Override
            public void drain() {
                drained.add(index);
            }

            @Override
            public void endOfInterrupt(int vector) {
                ended.add(vector);
            }
        };
    }
}
