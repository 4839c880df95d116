package hv.fuzz.vmbus;

import hv.api.CpuRegisters.Mode;
import hv.api.GuestFault;
import hv.api.GuestMemory;
import hv.api.SavedState;
import hv.api.StateException;
import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import hv.api.synic.SynicPorts;
import hv.fuzz.target.Finding;
import hv.hosted.HostedHost;
import hv.hosted.HostedRegisters;
import hv.soak.ForwardingHost;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.BiConsumer;

/**
 * A guest with two VPs and a SynIC, whose processors do what the caller says: posts, signals, and reads what is in its
 * message slots. One thread plays all VPs.
 */
final class StillGuest implements AutoCloseable {
    static final int VPS = 2;

    /** Pages below are SynIC's and the input of calls. */
    static final int FIRST_FREE_PAGE = 24;

    static final int PAGES = 256;
    private static final int SINTS = 16;
    private static final int SLOT_BYTES = 256;
    private static final long INPUT = 0x4000;
    private static final int POST_MESSAGE = 0x5C;
    private static final long SIGNAL_EVENT = 1L << 16 | 0x5D;
    private static final int SCONTROL = 0x4000_0080;
    private static final int SIEFP = 0x4000_0082;
    private static final int SIMP = 0x4000_0083;
    private static final int EOM = 0x4000_0084;
    private static final int SINT2 = 0x4000_0092;

    private final HostedHost host = HostedHost.builder()
            .memoryBytes((long) PAGES * GuestMemory.PAGE_BYTES)
            .build();
    private final WritablePages watched = new WritablePages(host.memory());
    private final GuestPartition partition;
    private final HostedRegisters registers = new HostedRegisters();
    private final byte[] input = new byte[256];
    private int operations;

    StillGuest(Hypervisor hypervisor) {
        ForwardingHost seen = new ForwardingHost(host) {
            @Override
            public GuestMemory memory() {
                return watched;
            }
        };
        try {
            partition = hypervisor.create("hv-vpindex,hv-synic", seen);
        } catch (ConfigurationException e) {
            throw new Finding("a guest with SynIC does not start", e);
        }
        for (int vp = 0; vp < VPS; vp++) {
            partition.addVp();
            watched.always(events(vp));
            watched.always(messages(vp));
        }
        host.attach(partition);
        switchOn();
    }

    private static long events(int vp) {
        return 0x8000 + 0x2000L * vp;
    }

    private static long messages(int vp) {
        return 0x9000 + 0x2000L * vp;
    }

    /** The RAM as the guest reaches it. */
    GuestMemory memory() {
        return host.memory();
    }

    /** The RAM as the product reaches it. */
    WritablePages watched() {
        return watched;
    }

    SynicPorts ports() {
        return partition.service("synic", SynicPorts.class).orElseThrow();
    }

    /** Programs the SynIC of all VPs, as after a start. */
    void switchOn() {
        write(0, 0x4000_0000, 0x8100_0006_0C00_0000L);
        for (int vp = 0; vp < VPS; vp++) {
            write(vp, SCONTROL, 1);
            write(vp, SIEFP, events(vp) | 1);
            write(vp, SINT2, 0xF3);
            messagePage(vp, true);
        }
    }

    void messagePage(int vp, boolean isOn) {
        write(vp, SIMP, messages(vp) | (isOn ? 1 : 0));
    }

    private void write(int vp, int msr, long value) {
        try {
            partition.vp(vp).writeMsr(msr, value);
        } catch (GuestFault e) {
            throw new Finding("MSR 0x%x cannot be written".formatted(msr), e);
        }
    }

    /** HvCallPostMessage; gives the status. */
    int post(int vp, int connection, int type, byte[] message) {
        ByteBuffer call = ByteBuffer.wrap(input).order(ByteOrder.LITTLE_ENDIAN);
        call.putInt(0, connection).putInt(4, 0).putInt(8, type).putInt(12, message.length);
        call.put(16, message);
        memory().write(INPUT, input, 0, 16 + message.length);
        return call(vp, POST_MESSAGE, INPUT);
    }

    /** HvCallSignalEvent; gives the status. */
    int signal(int vp, int connection) {
        return call(vp, SIGNAL_EVENT, connection);
    }

    /** How many calls and messages there were. */
    int operations() {
        return operations;
    }

    private int call(int vp, long control, long operand) {
        operations++;
        registers.call(Mode.LONG, 0, control, operand, 0);
        try {
            partition.vp(vp).hypercall(registers);
        } catch (GuestFault e) {
            throw new Finding("call 0x%x is none".formatted(control), e);
        }
        return (int) registers.result() & 0xFFFF;
    }

    /**
     * Takes what is in the slots, once.
     *
     * @param to is given VP and SINT as one number, and the message
     * @return whether there was something
     */
    boolean hear(BiConsumer<Integer, ByteBuffer> to) {
        drain();
        boolean isSome = false;
        for (int vp = 0; vp < VPS; vp++) {
            for (int sint = 0; sint < SINTS; sint++) {
                long slot = messages(vp) + (long) SLOT_BYTES * sint;
                if (memory().getIntAcquire(slot) != 0) {
                    isSome = true;
                    to.accept(vp << 4 | sint, take(vp, slot));
                }
            }
        }
        return isSome;
    }

    private ByteBuffer take(int vp, long slot) {
        operations++;
        int head = memory().getInt(slot + 4);
        byte[] payload = new byte[head & 0xFF];
        memory().read(slot + 16, payload, 0, payload.length);
        memory().putIntRelease(slot, 0);
        if ((head >>> 8 & 1) != 0) {
            write(vp, EOM, 0);
        }
        return ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Has the VPs do what waits for them; what they were interrupted for is forgotten. */
    void drain() {
        host.drain(partition);
        host.takeInterrupts();
    }

    void advance(long time100ns) {
        host.advance100ns(time100ns);
    }

    SavedState save() {
        drain();
        return partition.save();
    }

    void restore(SavedState state) {
        try {
            partition.restore(state);
        } catch (StateException e) {
            throw new Finding("a partition's state that was saved is refused", e);
        }
        drain();
    }

    /** The machine is reset, but for its bus. */
    void reset() {
        partition.reset();
        byte[] zeros = new byte[GuestMemory.PAGE_BYTES];
        for (int vp = 0; vp < VPS; vp++) {
            memory().write(messages(vp), zeros, 0, zeros.length);
        }
    }

    @Override
    public void close() {
        partition.close();
    }
}
