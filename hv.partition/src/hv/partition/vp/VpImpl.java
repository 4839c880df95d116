package hv.partition.vp;

import hv.api.CpuRegisters;
import hv.api.GuestFault;
import hv.api.LocalApic;
import hv.api.enlightenment.Alarm;
import hv.api.enlightenment.Doorbell;
import hv.api.enlightenment.MsrRange;
import hv.api.enlightenment.Peer;
import hv.api.enlightenment.Peers;
import hv.api.enlightenment.VirtualProcessor;
import hv.api.host.GuestVp;
import hv.api.host.Host;
import hv.partition.failure.Callback;
import hv.partition.failure.Failures;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A virtual processor: its routes, its counters, its mailbox. What the guest does comes in here, on the VP's thread,
 * and leaves as a value, a status or a fault; a failing enlightenment is logged and looks to the guest like #GP.
 *
 * <p>Counters are written by the VP's thread with plain stores and read by tools, who may see them a moment late.
 */
public final class VpImpl implements VirtualProcessor, GuestVp {
    /** Where accesses outside the window of synthetic MSRs are counted. */
    public static final int OUTSIDE_WINDOW = Routes.MSRS;

    private final VpPartition partition;
    private final Host host;
    private final int index;
    private final AlarmClock alarms;
    private final Mailbox mailbox;
    private final HypercallDecoder decoder;
    private final Failures failures;
    private final List<Runnable> followers = new CopyOnWriteArrayList<>();

    /** One volatile load per exit, which on x86 is a plain one. */
    private volatile Routes routes;

    final long[] reads = new long[Routes.MSRS];
    final long[] writes = new long[Routes.MSRS];
    final long[] refusedMsrs = new long[Routes.MSRS + 1];
    final long[] calls = new long[Routes.CALLS];
    final long[] refusedCalls = new long[Routes.CALLS];

    /**
     * VP {@code index} of {@code partition}.
     *
     * @param safePoint what it does when it is called to a safe point
     */
    public VpImpl(
            VpPartition partition, Host host, int index, AlarmClock alarms, Failures failures, Runnable safePoint) {
        this.partition = partition;
        this.host = host;
        this.index = index;
        this.alarms = alarms;
        this.failures = failures;
        this.mailbox = new Mailbox(host, index, failures, safePoint);
        this.decoder = new HypercallDecoder(host.memory(), partition::vpCount);
    }

    /** Puts new routes in place, after those who follow them have looked at who is there now. */
    public void publish(Routes next) {
        followers.forEach(Runnable::run);
        routes = next;
    }

    /** Has {@code look} done each time before new routes are in place. */
    public void follow(Runnable look) {
        followers.add(look);
    }

    /** Ends that. */
    public void forget(Runnable look) {
        followers.remove(look);
    }

    public Routes routes() {
        return routes;
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public VpPartition partition() {
        return partition;
    }

    /** For enlightenments there is a VP of their own, which knows whose it is and takes it back. */
    @Override
    public Doorbell doorbell(Runnable work) {
        throw notHere();
    }

    private static IllegalStateException notHere() {
        return new IllegalStateException("doorbells, alarms and peers are made on the VP that addVp was given");
    }

    /** A doorbell of {@code place}. */
    public Doorbell doorbell(String place, Callback callback, Runnable work) {
        return mailbox.doorbell(place, callback, work);
    }

    @Override
    public void interrupt(int vector) {
        if (vector >= 16 && vector <= 255) {
            host.interrupt(index, vector);
        }
    }

    @Override
    public long readMsr(int msr) throws GuestFault {
        int row = msr - MsrRange.WINDOW_FIRST;
        if (row < 0 || row >= Routes.MSRS) {
            refusedMsrs[OUTSIDE_WINDOW]++;
            throw GuestFault.GENERAL_PROTECTION;
        }
        try {
            long value = routes.readers[row].read(msr);
            reads[row]++;
            return value;
        } catch (GuestFault fault) {
            refusedMsrs[row]++;
            throw fault;
        } catch (Throwable e) {
            throw broken(row, Callback.READ_MSR, msr, e);
        }
    }

    @Override
    public void writeMsr(int msr, long value) throws GuestFault {
        int row = msr - MsrRange.WINDOW_FIRST;
        if (row < 0 || row >= Routes.MSRS) {
            refusedMsrs[OUTSIDE_WINDOW]++;
            throw GuestFault.GENERAL_PROTECTION;
        }
        try {
            routes.writers[row].write(msr, value);
            writes[row]++;
        } catch (GuestFault fault) {
            refusedMsrs[row]++;
            throw fault;
        } catch (Throwable e) {
            throw broken(row, Callback.WRITE_MSR, msr, e);
        }
    }

    private GuestFault broken(int row, Callback callback, int msr, Throwable e) {
        refusedMsrs[row]++;
        failures.ofMsr(callback, msr, index, e);
        return GuestFault.GENERAL_PROTECTION;
    }

    @Override
    public void hypercall(CpuRegisters registers) throws GuestFault {
        int code = (int) (registers.mode() == CpuRegisters.Mode.LONG ? registers.rcx() : registers.rax()) & 0xFFFF;
        int row = Math.max(Routes.callIndex(code), 0);
        try {
            int status = decoder.call(registers, routes, partition.takesHypercalls());
            calls[row]++;
            if (status != 0) {
                refusedCalls[row]++;
            }
        } catch (GuestFault fault) {
            throw fault;
        } catch (Throwable e) {
            refusedCalls[row]++;
            failures.ofCall(code, index, e);
            throw GuestFault.INVALID_OPCODE;
        }
    }

    @Override
    public void interruptAutoEoi(int vector) {
        if (vector >= 16 && vector <= 255) {
            host.interruptAutoEoi(index, vector);
        }
    }

    @Override
    public Alarm alarm(Runnable work) {
        throw notHere();
    }

    /** An alarm that rings {@code bell}. */
    public Alarm alarm(Doorbell bell) {
        return alarms.alarm(index, bell);
    }

    public void release(Doorbell bell) {
        mailbox.release(bell);
    }

    public void release(Alarm alarm) {
        alarms.release(alarm);
    }

    void callToSafePoint() {
        mailbox.callToSafePoint();
    }

    /**
     * Whether the calling thread is inside one of a VP's methods, and so perhaps in a handler. Read off the stack, and
     * slow: a mark would be paid for by every exit.
     */
    public static boolean isOnStack() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getClassName().equals(VpImpl.class.getName())
                        && !frame.getMethodName().equals("isOnStack")));
    }

    /** Whether the calling thread drives this VP. */
    public boolean isOwn() {
        return mailbox.isOwn();
    }

    /** The thread that drives this VP, or did last; null if there was none yet. */
    Thread driver() {
        return mailbox.driver();
    }

    @Override
    public <T> Peer<T> peer(String id, Class<T> type) {
        throw notHere();
    }

    @Override
    public <T> Peers<T> peers(Class<T> type) {
        throw notHere();
    }

    @Override
    public long runTime100ns() {
        return host.vpRunTime100ns(index);
    }

    @Override
    public Optional<LocalApic> apic() {
        return host.apic(index);
    }

    @Override
    public void drain() {
        alarms.ringDue(index);
        mailbox.drain();
    }

    @Override
    public void endOfInterrupt(int vector) {
        partition.endOfInterrupt(index, vector);
    }

    @Override
    public <T> CompletableFuture<T> submit(Callable<T> task) {
        return mailbox.submit(task);
    }

    public void close() {
        mailbox.close();
    }
}
