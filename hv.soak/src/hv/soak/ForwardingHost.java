package hv.soak;

import hv.api.GuestMemory;
import hv.api.HostFacts;
import hv.api.LocalApic;
import hv.api.PowerEvent;
import hv.api.VpSet;
import hv.api.host.Host;
import hv.api.host.ManualClock;
import java.util.Optional;

/**
 * A host that passes everything on to another. Tools extend it to see what a partition asks of its host;
 * {@link WrappingHypervisor} puts it there. Thread rules are those of {@link Host}.
 */
public class ForwardingHost implements Host, ManualClock {
    private final Host host;

    /** In front of {@code host}. */
    protected ForwardingHost(Host host) {
        this.host = host;
    }

    @Override
    public void interrupt(int vp, int vector) {
        host.interrupt(vp, vector);
    }

    @Override
    public void interruptAutoEoi(int vp, int vector) {
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
        return ManualClock.of(host);
    }
}
