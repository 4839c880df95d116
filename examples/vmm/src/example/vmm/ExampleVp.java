package example.vmm;

import hv.api.GuestFault;
import hv.api.GuestMemory;
import hv.api.host.GuestVp;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * One virtual processor: the loop that every VMM has. Drain, run the guest until it does something that is not the
 * processor's to answer, hand that to hv, again. The processor here is a few lines of Java instead of KVM_RUN.
 */
final class ExampleVp implements Runnable {
    private final GuestVp vp;
    private final ExampleHost host;
    private final Consumer<String> out;
    private final long mostTicks;
    private long ticks;
    private long next = Program.START;
    private long accumulator;
    private boolean isOff;
    private volatile boolean isStopped;

    ExampleVp(GuestVp vp, ExampleHost host, long mostTicks, Consumer<String> out) {
        this.mostTicks = mostTicks;
        this.vp = vp;
        this.host = host;
        this.out = out;
    }

    /** Ends the loop soon. Any thread. */
    void stop() {
        isStopped = true;
        host.kick(vp.index());
    }

    @Override
    public void run() {
        host.thread(vp.index(), Thread.currentThread());
        while (!isOff && !isStopped) {
            vp.drain();
            try {
                step();
            } catch (GuestFault fault) {
                // A real processor is given the exception; this guest has no handler for it.
                out.accept("vp %d: exception %d at 0x%x".formatted(vp.index(), fault.vector(), next));
                isOff = true;
            }
        }
        // Whoever wants something of this VP still gets it; a VP that nobody drives is at a safe point.
        vp.drain();
    }

    private void step() throws GuestFault {
        GuestMemory memory = host.memory();
        long first = memory.getLong(next + Long.BYTES);
        long second = memory.getLong(next + 2 * Long.BYTES);
        switch ((int) memory.getLong(next)) {
            case (int) Program.READ_MSR -> accumulator = vp.readMsr((int) first);
            case (int) Program.WRITE_MSR -> vp.writeMsr((int) first, second);
            case (int) Program.WRITE_MSR_LATER -> vp.writeMsr((int) first, accumulator + second);
            case (int) Program.WRITE_MSR_OWN -> vp.writeMsr((int) first, second + ownPage());
            case (int) Program.WAIT -> {
                if (!host.take(vp.index(), (int) first)) {
                    // A kick, or an interrupt, ends this at once, also if it came before; the loop drains then.
                    LockSupport.park(this);
                    return;
                }
            }
            case (int) Program.LOAD -> accumulator = Integer.toUnsignedLong(memory.getInt(first + ownPage()));
            case (int) Program.SAY -> out.accept(
                    "vp %d: %s 0x%x".formatted(vp.index(), Program.TEXTS[(int) first], accumulator));
            case (int) Program.CLEAR -> memory.putInt(first + ownPage(), 0);
            case (int) Program.REPEAT -> {
                if (++ticks % 100 == 0) {
                    out.accept("vp %d: %d ticks".formatted(vp.index(), ticks));
                }
                if (ticks < mostTicks) {
                    next = first;
                    return;
                }
            }
            default -> isOff = true;
        }
        next += Program.INSTRUCTION_BYTES;
    }

    private long ownPage() {
        return (long) vp.index() * GuestMemory.PAGE_BYTES;
    }
}
