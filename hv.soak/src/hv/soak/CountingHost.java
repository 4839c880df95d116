package hv.soak;

import hv.api.GuestMemory;
import hv.api.VpSet;
import hv.api.host.Host;
import hv.api.host.HostFacts;
import hv.api.host.LocalApic;
import hv.api.host.PowerEvent;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;

/** A host that counts the interrupts that its partition asks for, and passes everything on. Any thread. */
final class CountingHost implements Host {
    private static final int VECTORS = 256;

    private final Host host;
    private final AtomicLongArray interrupts = new AtomicLongArray(SoakSpec.MAX_VPS * VECTORS);

    CountingHost(Host host) {
        this.host = host;
    }

    /** How often {@code vector} of VP {@code vp} was requested. */
    long interrupts(int vp, int vector) {
        return interrupts.get(vp * VECTORS + vector);
    }

    @Override
    public void interrupt(int vp, int vector) {
        interrupts.getAndIncrement(vp * VECTORS + vector);
        host.interrupt(vp, vector);
    }

    @Override
    public void interruptAutoEoi(int vp, int vector) {
        interrupts.getAndIncrement(vp * VECTORS + vector);
        host.interruptAutoEoi(vp, vector);
    }

    @Override
    public String name() {
        return host.name();
    }

    @Override
    public HostFacts facts() {
        return host.facts();
    }

    @Override
    public GuestMemory memory() {
        return host.memory();
    }

    @Override
    public long guestTsc() {
        return host.guestTsc();
    }

    @Override
    public byte[] hypercallPage() {
        return host.hypercallPage();
    }

    @Override
    public void kick(int vp) {
        host.kick(vp);
    }

    @Override
    public void spinning(int vp) {
        host.spinning(vp);
    }

    @Override
    public void power(PowerEvent event) {
        host.power(event);
    }

    @Override
    public boolean flushTlb(int caller, VpSet targets) {
        return host.flushTlb(caller, targets);
    }

    @Override
    public long vpRunTime100ns(int vp) {
        return host.vpRunTime100ns(vp);
    }

    @Override
    public boolean emulateTsc(long frequencyHz) {
        return host.emulateTsc(frequencyHz);
    }

    @Override
    public Optional<LocalApic> apic(int vp) {
        return host.apic(vp);
    }

    @Override
    public boolean isClockManual() {
        return host.isClockManual();
    }
}
