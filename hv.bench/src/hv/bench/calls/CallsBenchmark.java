package hv.bench.calls;

import hv.api.CpuRegisters;
import hv.api.GuestFault;
import hv.api.HvStatus;
import hv.api.enlightenment.Enlightenment;
import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.GuestVp;
import hv.api.synic.MessageReceiver;
import hv.api.synic.SintMessages;
import hv.api.synic.SintMessages.Outcome;
import hv.api.synic.SynicPorts;
import hv.hosted.HostedRegisters;
import hv.partition.PartitionService;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to decode and apply what guests do most, without an exit: 128 VPs, every enlightenment attached. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CallsBenchmark {
    private static final int VPS = 128;
    private static final long FAST = 1L << 16;
    private static final long INPUT = 0x1_0000;
    private static final long MESSAGE = 0x2_0000;
    private static final long MESSAGE_PAGE = 0x3_0000;
    private static final int SINT = 2;
    private static final int MASKED_SINT = 3;
    private static final int TIMER_EXPIRED = 0x8000_0010;
    private static final int TIMER_BYTES = 24;
    private static final int STIMER0_CONFIG = 0x4000_00B0;
    private static final int STIMER0_COUNT = 0x4000_00B1;
    private static final long ENABLE_AUTO_SINT = 1 | 8 | SINT << 16;
    private static final long ENABLE_AUTO_DIRECT = 1 | 8 | 0x50 << 4 | 1 << 12;

    private final QuietHost host = new QuietHost();
    private final HostedRegisters registers = new HostedRegisters();
    private GuestPartition partition;
    private GuestVp vp;
    private GuestVp direct;
    private SynicPorts ports;
    private SintMessages slots;
    private long due;
    private int received;

    private final MessageReceiver receiver = (connection, type, payload, payloadBytes) -> {
        received += payloadBytes;
        return HvStatus.SUCCESS;
    };

    /** Builds the partition and programs its controller and timers. */
    @Setup
    public void build() throws ConfigurationException, GuestFault {
        List<Enlightenment> all = new ArrayList<>();
        ServiceLoader.load(Enlightenment.class).forEach(all::add);
        MessageProbe probe = new MessageProbe();
        all.add(probe);
        partition = PartitionService.of(all)
                .create(
                        "hv-vpindex,hv-time,hv-synic,hv-stimer,hv-stimer-direct,hv-tlbflush,hv-ipi,"
                                + MessageProbe.FLAG,
                        host);
        for (int i = 0; i < VPS; i++) {
            partition.addVp();
        }
        vp = partition.vp(0);
        direct = partition.vp(1);
        vp.drain();
        direct.drain();
        vp.writeMsr(0x4000_0000, 1);
        vp.writeMsr(0x4000_0080, 1);
        vp.writeMsr(0x4000_0083, MESSAGE_PAGE | 1);
        vp.writeMsr(0x4000_0090 + SINT, 0x50);
        vp.writeMsr(0x4000_0090 + MASKED_SINT, 1 << 16);
        slots = probe.messages(0);
        vp.writeMsr(STIMER0_CONFIG, ENABLE_AUTO_SINT);
        direct.writeMsr(STIMER0_CONFIG, ENABLE_AUTO_DIRECT);
        ports = partition.service("synic", SynicPorts.class).orElseThrow();
        ports.connect(1, receiver);
        host.memory().putInt(MESSAGE, 1);
        host.memory().putInt(MESSAGE + 8, 1);
        host.memory().putInt(MESSAGE + 12, 240);
    }

    /** How many message ports there are. */
    @State(Scope.Thread)
    public static class Ports {
        /** Ports, the one posted to included. */
        @Param({"1", "1000"})
        public int count;

        /** Connects them. */
        @Setup
        public void connect(CallsBenchmark benchmark) {
            for (int id = 2; id <= count; id++) {
                benchmark.ports.connect(id, benchmark.receiver);
            }
        }
    }

    private void flushSet(long bank) {
        host.memory().putLong(INPUT + 24, 0b11);
        host.memory().putLong(INPUT + 32, bank);
        host.memory().putLong(INPUT + 40, bank);
    }

    private long call(long control, long input, long output) throws GuestFault {
        registers.call(CpuRegisters.Mode.LONG, 0, control, input, output);
        vp.hypercall(registers);
        return registers.rax();
    }

    /** VP_INDEX. */
    @Benchmark
    public long readVpIndex() throws GuestFault {
        return vp.readMsr(0x4000_0002);
    }

    /** TIME_REF_COUNT, on a clock that costs an addition. */
    @Benchmark
    public long readTimeRefCount() throws GuestFault {
        return vp.readMsr(0x4000_0020);
    }

    /** STIMER0_COUNT for a time that is far away. */
    @Benchmark
    public void armTimer() throws GuestFault {
        direct.writeMsr(STIMER0_COUNT, 1L << 60 | ++due);
    }

    /**
     * STIMER0_COUNT for a time that has passed: arm, message into the slot, interrupt; and the guest frees the slot.
     */
    @Benchmark
    public void armTimerAndDeliverMessage() throws GuestFault {
        vp.writeMsr(STIMER0_COUNT, 1);
        host.memory().putIntRelease(MESSAGE_PAGE + 256 * SINT, 0);
    }

    /** The message of a timer into its slot and the interrupt's request; and the guest frees the slot. */
    @Benchmark
    public Outcome deliverTimerMessage() {
        return deliver(SINT);
    }

    /** Delivers to a masked SINT, so without the request: what the slot alone costs. */
    @Benchmark
    public Outcome deliverTimerMessageMasked() {
        return deliver(MASKED_SINT);
    }

    /** The guest's part of both. */
    @Benchmark
    public void freeSlot() {
        host.memory().putIntRelease(MESSAGE_PAGE + 256 * SINT, 0);
    }

    private Outcome deliver(int sint) {
        Outcome outcome = slots.deliver(sint, TIMER_EXPIRED, TIMER_BYTES, 0, ++due, due, false);
        host.memory().putIntRelease(MESSAGE_PAGE + 256L * sint, 0);
        return outcome;
    }

    /** HvCallFlushVirtualAddressSpaceEx, slow, 2 banks, 16 VPs. */
    @Benchmark
    public long flushEx16Vps() throws GuestFault {
        flushSet(0xFF);
        return call(2L << 17 | 0x13, INPUT, 0);
    }

    /** HvCallFlushVirtualAddressSpaceEx, slow, 2 banks, 128 VPs. */
    @Benchmark
    public long flushEx128Vps() throws GuestFault {
        flushSet(-1);
        return call(2L << 17 | 0x13, INPUT, 0);
    }

    /** HvCallSendSyntheticClusterIpi, fast, to one VP. */
    @Benchmark
    public long ipiToOneVp() throws GuestFault {
        return call(FAST | 0x0B, 0x50, 1L << 5);
    }

    /** HvCallPostMessage with 240 bytes. */
    @Benchmark
    public long post240Bytes(Ports connected) throws GuestFault {
        return call(0x5C, MESSAGE, 0) + received + connected.count;
    }

    /** A call nobody knows. */
    @Benchmark
    public long unknownCall() throws GuestFault {
        return call(0xBE, 0, 0);
    }
}
