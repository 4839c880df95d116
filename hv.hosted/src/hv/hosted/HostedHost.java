package hv.hosted;

import hv.api.GuestMemory;
import hv.api.HostFacts;
import hv.api.LocalApic;
import hv.api.PowerEvent;
import hv.api.SavedState;
import hv.api.StateException;
import hv.api.Vendor;
import hv.api.VpSet;
import hv.api.host.GuestPartition;
import hv.api.host.Host;
import hv.api.host.ManualClock;
import hv.api.machine.StateSections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A host without a CPU: whoever holds it plays the guest, by calling the partition's VPs.
 *
 * <p>Its time stands still unless built with {@link HostedHostBuilder#runningClock}: {@link #advance100ns} and
 * {@link #setGuestTsc} move it. What the partition asks for is recorded (interrupts, power events, at most
 * {@value #RECORD_CAPACITY} of each, the newest) and told to listeners. A kick is remembered until the VP is drained: a
 * VP thread takes it with {@link #takeKick}; where there are no VP threads, {@link #drain} does the work of all VPs on
 * the caller's thread.
 *
 * <p>Given to {@link hv.api.host.Hypervisor#create} by tests, by the console and by the replay of vectors. Any thread.
 */
public final class HostedHost implements Host, ManualClock {
    /** How many interrupts and power events are kept. */
    public static final int RECORD_CAPACITY = 4096;

    private static final int DRAIN_ROUNDS = 10_000;
    private static final byte[] VMCALL_RET = {0x0F, 0x01, (byte) 0xC1, (byte) 0xC3};
    private static final byte[] VMMCALL_RET = {0x0F, 0x01, (byte) 0xD9, (byte) 0xC3};

    private final HostFacts facts;
    private final BufferMemory memory;
    private final GuestTsc tsc;
    private final boolean isRunning;
    private volatile long nativeTscFrequencyHz;
    private final ApicBus apics;
    private final AtomicLongArray kicked = new AtomicLongArray(VpSet.MAX_VPS / Long.SIZE);
    private final BoundedRecord<Interrupt> interrupts = new BoundedRecord<>(RECORD_CAPACITY);
    private final BoundedRecord<TlbFlush> tlbFlushes = new BoundedRecord<>(RECORD_CAPACITY);
    private final BoundedRecord<PowerEvent> powerEvents = new BoundedRecord<>(RECORD_CAPACITY);
    private final CopyOnWriteArrayList<HostedListener> listeners = new CopyOnWriteArrayList<>();

    HostedHost(HostedHostBuilder builder) {
        facts = HostFacts.builder(builder.vendor, builder.tscFrequencyHz, builder.apicFrequencyHz)
                .smtPossible(builder.smtPossible)
                .everything()
                .build();
        memory = new BufferMemory(builder.memoryBytes);
        isRunning = builder.isRunning;
        nativeTscFrequencyHz = builder.tscFrequencyHz;
        tsc = isRunning ? GuestTsc.running(builder.tscFrequencyHz) : GuestTsc.manual(builder.tscFrequencyHz);
        int tprMask = builder.vendor == Vendor.AMD ? 0xF0 : 0xFF;
        apics = new ApicBus(memory, tprMask, VpSet.MAX_VPS, this::interrupt);
    }

    /** Starts a host: Intel, 2.6 GHz TSC, 1 GHz APIC timer, SMT possible, 16 MiB of RAM, time stands still at TSC 0. */
    public static HostedHostBuilder builder() {
        return new HostedHostBuilder();
    }

    @Override
    public String name() {
        return "hosted";
    }

    @Override
    public HostFacts facts() {
        return facts;
    }

    @Override
    public GuestMemory memory() {
        return memory;
    }

    /** How much RAM the guest has, from address 0. */
    public long memoryBytes() {
        return memory.endGpa();
    }

    @Override
    public long guestTsc() {
        return tsc.now();
    }

    /** Sets the guest's TSC, in ticks; a running one goes on from there. */
    public void setGuestTsc(long ticks) {
        tsc.set(ticks);
    }

    /** Adds ticks to the guest's TSC. */
    public void advanceGuestTsc(long ticks) {
        tsc.advance(ticks);
    }

    /**
     * Lets exactly this much reference time pass.
     *
     * @param time100ns 0 or more, in units of 100 ns
     * @throws IllegalArgumentException if it is negative
     * @throws IllegalStateException if the clock runs by itself
     */
    public void advance100ns(long time100ns) {
        if (time100ns < 0) {
            throw new IllegalArgumentException("time does not go back: " + time100ns);
        }
        if (isRunning) {
            throw new IllegalStateException("the clock runs by itself");
        }
        if (time100ns > 0) {
            tsc.advance100ns(time100ns);
        }
    }

    /**
     * Another processor, whose TSC runs at {@code frequencyHz}, takes over: the guest's TSC goes on from its value.
     * Tell the partition by {@link GuestPartition#tscFrequencyChanged}.
     *
     * @param frequencyHz 10,000,001 to 10^12
     */
    public void setTscFrequency(long frequencyHz) {
        nativeTscFrequencyHz = frequencyHz;
        tsc.setFrequency(frequencyHz);
    }

    @Override
    public boolean emulateTsc(long frequencyHz) {
        tsc.setFrequency(frequencyHz == 0 ? nativeTscFrequencyHz : frequencyHz);
        return true;
    }

    @Override
    public boolean isClockManual() {
        return !isRunning;
    }

    /** The vendor's own hypercall instruction and a return: what the page of real KVM holds. */
    @Override
    public byte[] hypercallPage() {
        return facts.vendor() == Vendor.AMD ? VMMCALL_RET.clone() : VMCALL_RET.clone();
    }

    @Override
    public void kick(int vp) {
        kicked.getAndAccumulate(vp / Long.SIZE, 1L << vp, (held, bit) -> held | bit);
        for (HostedListener listener : listeners) {
            listener.kicked(vp);
        }
    }

    /** Whether VP {@code vp} was kicked since this was last asked. */
    public boolean takeKick(int vp) {
        long bit = 1L << vp;
        return (kicked.getAndAccumulate(vp / Long.SIZE, ~bit, (held, mask) -> held & mask) & bit) != 0;
    }

    /**
     * Drains every VP of {@code partition}, then those that were kicked meanwhile, until none is: for a VMM without VP
     * threads, whose caller is the thread of all VPs.
     *
     * @throws IllegalStateException if VPs go on kicking each other without end
     */
    public void drain(GuestPartition partition) {
        for (int vp = 0; vp < partition.vpCount(); vp++) {
            takeKick(vp);
            partition.vp(vp).drain();
        }
        for (int round = 0; round < DRAIN_ROUNDS; round++) {
            boolean isQuiet = true;
            for (int vp = 0; vp < partition.vpCount(); vp++) {
                if (takeKick(vp)) {
                    partition.vp(vp).drain();
                    isQuiet = false;
                }
            }
            if (isQuiet) {
                return;
            }
        }
        throw new IllegalStateException("VPs were still kicked after " + DRAIN_ROUNDS + " rounds");
    }

    /**
     * Says which partition runs on this host: ends of interrupts are told to it, and broadcast interrupts reach all its
     * VPs.
     */
    public void attach(GuestPartition partition) {
        apics.attach(Objects.requireNonNull(partition, "partition"));
    }

    @Override
    public Optional<LocalApic> apic(int vp) {
        return apics.apic(vp).present;
    }

    /** The same, for whoever plays VP {@code vp}: takes interrupts, and enters and leaves the guest. */
    public HostedApic hostedApic(int vp) {
        return apics.apic(vp);
    }

    @Override
    public void interrupt(int vp, int vector) {
        request(vp, vector, false);
    }

    @Override
    public void interruptAutoEoi(int vp, int vector) {
        request(vp, vector, true);
    }

    private void request(int vp, int vector, boolean isAutoEoi) {
        interrupts.add(new Interrupt(vp, vector));
        apics.request(vp, vector, isAutoEoi);
        for (HostedListener listener : listeners) {
            listener.interrupted(vp, vector);
        }
    }

    /** The interrupts requested since this was last called, oldest first, at most {@value #RECORD_CAPACITY}. */
    public List<Interrupt> takeInterrupts() {
        return interrupts.take();
    }

    /** How many interrupts were let go because nobody took them. */
    public long droppedInterrupts() {
        return interrupts.dropped();
    }

    @Override
    public void spinning(int vp) {
        for (HostedListener listener : listeners) {
            listener.spinning(vp);
        }
        Thread.yield();
    }

    /** Records it; there is no TLB. */
    @Override
    public boolean flushTlb(int caller, VpSet targets) {
        tlbFlushes.add(TlbFlush.of(caller, targets));
        return true;
    }

    /**
     * The TLB flushes asked for since this was last called, oldest first, at most {@value #RECORD_CAPACITY}, the
     * newest.
     */
    public List<TlbFlush> takeTlbFlushes() {
        return tlbFlushes.take();
    }

    /** A VP uses the processor all the time, so this is what the guest's TSC tells. */
    @Override
    public long vpRunTime100ns(int vp) {
        return tsc.time100ns();
    }

    @Override
    public void power(PowerEvent event) {
        powerEvents.add(event);
        for (HostedListener listener : listeners) {
            listener.power(event);
        }
    }

    /** What the guest asked for, oldest first, at most {@value #RECORD_CAPACITY}, the newest. */
    public List<PowerEvent> powerEvents() {
        return powerEvents.snapshot();
    }

    /**
     * The TSC and the APICs of the first {@code vps} VPs, as sections of a machine's state. Only while nobody plays a
     * VP.
     */
    public List<SavedState.Section> save(int vps) {
        return new HostedState(tsc, apics).save(vps);
    }

    /**
     * Takes what {@link #save} gave out of {@code state}. Only while nobody plays a VP; whoever does afterwards drains
     * every VP first.
     *
     * @return what brings it into effect; until then nothing has changed
     * @throws StateException with one line that says which section is bad, and why
     */
    public Runnable restore(StateSections state, int vps) throws StateException {
        return new HostedState(tsc, apics).restore(state, vps);
    }

    /** Brings the APICs of the first {@code vps} VPs to their state after reset. Only while nobody plays a VP. */
    public void resetApics(int vps) {
        for (int vp = 0; vp < vps; vp++) {
            apics.apic(vp).reset();
        }
    }

    /** Adds a listener. */
    public void addListener(HostedListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
    }
}
