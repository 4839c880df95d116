package hv.hostkit;

import hv.api.GuestMemory;
import hv.api.HostFacts;
import hv.api.LocalApic;
import hv.api.PowerEvent;
import hv.api.VpSet;
import hv.api.host.Host;
import java.util.Optional;

/** A host that does what another one does, but for what a test overrides. */
class FrontHost implements Host {
    final Host behind;

    FrontHost(Host behind) {
        this.behind = behind;
    }

    @Override
    public String name() {
        return behind.name();
    }

    @Override
    public HostFacts facts() {
        return behind.facts();
    }

    @Override
    public GuestMemory memory() {
        return behind.memory();
    }

    @Override
    public long guestTsc() {
        return behind.guestTsc();
    }

    @Override
    public byte[] hypercallPage() {
        return behind.hypercallPage();
    }

    @Override
    public void kick(int vp) {
        behind.kick(vp);
    }

    @Override
    public void interrupt(int vp, int vector) {
        behind.interrupt(vp, vector);
    }

    @Override
    public void spinning(int vp) {
        behind.spinning(vp);
    }

    @Override
    public void power(PowerEvent event) {
        behind.power(event);
    }

    @Override
    public void interruptAutoEoi(int vp, int vector) {
        behind.interruptAutoEoi(vp, vector);
    }

    @Override
    public boolean flushTlb(int caller, VpSet targets) {
        return behind.flushTlb(caller, targets);
    }

    @Override
    public long vpRunTime100ns(int vp) {
        return behind.vpRunTime100ns(vp);
    }

    @Override
    public boolean emulateTsc(long frequencyHz) {
        return behind.emulateTsc(frequencyHz);
    }

    @Override
    public Optional<LocalApic> apic(int vp) {
        return behind.apic(vp);
    }
}
