package hv.kvm;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hv.api.GuestMemory;
import hv.api.PowerEvent;
import hv.api.machine.BootState;
import hv.api.machine.IoBus;
import hv.api.machine.Register;
import hv.kvm.abi.KvmDevice;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A VM for tests: a fake partition, a bus that notes every OUT of the guest, a listener that notes every event.
 *
 * <p>64-bit guests find flat page tables over 4 GiB, and an IDT (loaded by themselves with {@link #LIDT}) whose 256
 * gates all lead to {@link #HANDLER}.
 */
final class TestVm implements AutoCloseable, IoBus, VmListener {
    static final int CODE = 0x10000;
    static final int HANDLER = 0x11000;
    static final int HYPERCALL_PAGE = 0x12000;
    static final int TRAMPOLINE = 0x8000;
    static final int STACK = 0x90000;

    /** {@code lidt [0x7F00]}, in 64-bit code. */
    static final int[] LIDT = {0x0F, 0x01, 0x1C, 0x25, 0x00, 0x7F, 0x00, 0x00};

    private static final int PML4 = 0x1000;
    private static final int PDPT = 0x2000;
    private static final int PD = 0x3000;
    private static final int GDT = 0x7000;
    private static final int IDT_POINTER = 0x7F00;
    private static final int IDT = 0x20000;
    private static final long MEMORY_BYTES = 2 << 20;

    /** An OUT of the guest. */
    record Out(int port, int bytes, int value) {}

    final FakePartition partition = new FakePartition();
    final BlockingQueue<Out> outs = new LinkedBlockingQueue<>();
    final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    final KvmVm vm;
    private final Runnable onPower;

    /** What the guest reads from any port. */
    volatile int input = -1;

    TestVm(int vps) {
        this(new VmSpec(MEMORY_BYTES, vps, false, KvmDevice.DEFAULT));
    }

    TestVm(VmSpec spec) {
        this(spec, () -> {});
    }

    /** {@code onPower} is what the listener does at a power event. */
    TestVm(VmSpec spec, Runnable onPower) {
        assumeKvm();
        this.onPower = onPower;
        vm = KvmVm.open(spec, this, this);
    }

    static void assumeKvm() {
        Kvm.whyUnusable().ifPresent(reason -> assumeTrue(false, "needs KVM: " + reason));
    }

    GuestMemory memory() {
        return vm.memory();
    }

    TestVm boot64(Code code) {
        return boot64(code, new Code().outEax(0xFF).halt());
    }

    /** Starts 64-bit code at {@link #CODE} with an interrupt and exception handler. */
    TestVm boot64(Code code, Code handler) {
        BootState start =
                BootState.longMode(CODE, PML4).with(Register.RSP, STACK).withGdt(GDT, 23);
        vm.boot(partition, start, () -> {
            tables();
            put(CODE, code);
            put(HANDLER, handler);
            memory().write(HYPERCALL_PAGE, vm.hypercallPage(), 0, vm.hypercallPage().length);
        });
        return this;
    }

    /** Starts 32-bit code at {@link #CODE}. */
    TestVm boot32(Code code) {
        vm.boot(partition, BootState.protectedMode(CODE).with(Register.RSP, STACK), () -> {
            put(CODE, code);
            memory().write(HYPERCALL_PAGE, vm.hypercallPage(), 0, vm.hypercallPage().length);
        });
        return this;
    }

    void put(int gpa, Code code) {
        memory().write(gpa, code.bytes(), 0, code.size());
    }

    private void tables() {
        memory().putLong(PML4, PDPT | 7);
        for (int gib = 0; gib < 4; gib++) {
            memory().putLong(PDPT + 8L * gib, PD + 0x1000L * gib | 7);
            for (int i = 0; i < 512; i++) {
                memory().putLong(PD + 0x1000L * gib + 8L * i, (long) gib << 30 | (long) i << 21 | 0x87);
            }
        }
        memory().putLong(GDT + 8, 0x00AF_9B00_0000_FFFFL);
        memory().putLong(GDT + 16, 0x00CF_9300_0000_FFFFL);
        for (int vector = 0; vector < 256; vector++) {
            memory().putLong(
                            IDT + 16L * vector,
                            HANDLER & 0xFFFF | 8 << 16 | 0x8E00L << 32 | (long) HANDLER >> 16 << 48);
        }
        memory().putInt(IDT_POINTER, 0xFFF | IDT << 16);
        memory().putInt(IDT_POINTER + 4, IDT >>> 16);
    }

    /** The guest's next OUT. */
    Out next() {
        return await(outs, "an OUT of the guest");
    }

    /** What the listener is told next. */
    String nextEvent() {
        return await(events, "an event");
    }

    private <T> T await(BlockingQueue<T> queue, String what) {
        try {
            T element = queue.poll(30, TimeUnit.SECONDS);
            assertNotNull(element, () -> "no " + what + "; events: " + events);
            return element;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public int in(int port, int bytes) {
        return input;
    }

    @Override
    public void out(int port, int bytes, int value) {
        outs.add(new Out(port, bytes, value));
    }

    @Override
    public void write(long gpa, int bytes, long value) {
        outs.add(new Out((int) gpa, bytes, (int) value));
    }

    @Override
    public void power(PowerEvent event) {
        events.add(event.toString());
        onPower.run();
    }

    @Override
    public void shutdown(int vp) {
        events.add("shutdown " + vp);
    }

    @Override
    public void failed(int vp, String line) {
        events.add("failed " + vp + ": " + line);
    }

    @Override
    public void close() {
        vm.close();
    }
}
