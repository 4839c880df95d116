package example.vmm;

import hv.api.GuestMemory;
import hv.api.HostFacts;
import hv.api.PowerEvent;
import hv.api.Vendor;
import hv.api.host.Host;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/** What hv needs of this VMM, and no more: no optional method, so the facts promise nothing. */
public final class ExampleHost implements Host {
    private static final int RAM_BYTES = 1 << 20;
    private static final long TSC_HZ = 1_000_000_000;
    private static final long APIC_HZ = 1_000_000_000;
    private static final int VECTORS = 256;

    private final HostFacts facts = HostFacts.builder(Vendor.INTEL, TSC_HZ, APIC_HZ).build();
    private final Ram ram = new Ram(RAM_BYTES);
    private final long startNanos = System.nanoTime();

    /** A bit for each vector of each VP. */
    private final AtomicLongArray requested;

    private final Thread[] threads;

    /** A host for so many VPs. */
    public ExampleHost(int vps) {
        requested = new AtomicLongArray(vps * VECTORS / Long.SIZE);
        threads = new Thread[vps];
    }

    /** Says which thread a VP has. Before it runs. */
    void thread(int vp, Thread thread) {
        synchronized (threads) {
            threads[vp] = thread;
        }
    }

    @Override
    public String name() {
        return "example";
    }

    @Override
    public HostFacts facts() {
        return facts;
    }

    @Override
    public GuestMemory memory() {
        return ram;
    }

    /** One tick is a nanosecond. */
    @Override
    public long guestTsc() {
        return System.nanoTime() - startNanos;
    }

    /** VMCALL and RET: the processor here, {@link ExampleVp}, knows neither. */
    @Override
    public byte[] hypercallPage() {
        return new byte[] {0x0F, 0x01, (byte) 0xC1, (byte) 0xC3};
    }

    /** A VP here looks for work between any two instructions, so it need only be woken where it waits. */
    @Override
    public void kick(int vp) {
        synchronized (threads) {
            LockSupport.unpark(threads[vp]);
        }
    }

    @Override
    public void interrupt(int vp, int vector) {
        requested.getAndUpdate(word(vp, vector), bits -> bits | 1L << vector);
        kick(vp);
    }

    private static int word(int vp, int vector) {
        return (vp * VECTORS + vector) / Long.SIZE;
    }

    /** Whether an interrupt is requested. */
    public boolean isRequested(int vp, int vector) {
        return (requested.get(word(vp, vector)) & 1L << vector) != 0;
    }

    /** Takes an interrupt, if it is requested. */
    boolean take(int vp, int vector) {
        long bit = 1L << vector;
        return (requested.getAndUpdate(word(vp, vector), bits -> bits & ~bit) & bit) != 0;
    }

    /** A VMM would note it here, and reset the guest, or write a dump, on another thread. */
    @Override
    public void power(PowerEvent event) {
        System.out.println("the guest asks for " + event);
    }
}
