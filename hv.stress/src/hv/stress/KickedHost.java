package hv.stress;

import hv.api.GuestMemory;
import hv.api.HostFacts;
import hv.api.PowerEvent;
import hv.api.host.Host;

/** A host that remembers that it was asked to kick, and is asked for nothing else. */
public final class KickedHost implements Host {
    private volatile boolean isKicked;

    /** Whether it was asked since the last time. */
    public boolean takeKick() {
        boolean kicked = isKicked;
        isKicked = false;
        return kicked;
    }

    @Override
    public void kick(int vp) {
        isKicked = true;
    }

    @Override
    public GuestMemory memory() {
        return Nobody.as(GuestMemory.class);
    }

    @Override
    public String name() {
        return "stress";
    }

    @Override
    public HostFacts facts() {
        throw Nobody.unexpected("facts");
    }

    @Override
    public long guestTsc() {
        throw Nobody.unexpected("guestTsc");
    }

    @Override
    public byte[] hypercallPage() {
        throw Nobody.unexpected("hypercallPage");
    }

    @Override
    public void interrupt(int vp, int vector) {
        throw Nobody.unexpected("interrupt");
    }

    @Override
    public void power(PowerEvent event) {
        throw Nobody.unexpected("power");
    }
}
