package hv.soak;

import hv.api.host.Host;
import java.util.concurrent.atomic.AtomicLongArray;

/** A host that counts the interrupts that its partition asks for. Any thread. */
final class CountingHost extends ForwardingHost {
    private static final int VECTORS = 256;

    private final AtomicLongArray interrupts;

    /** One that counts from 0. */
    CountingHost(Host host) {
        this(host, new AtomicLongArray(SoakSpec.MAX_VPS * VECTORS));
    }

    private CountingHost(Host host, AtomicLongArray interrupts) {
        super(host);
        this.interrupts = interrupts;
    }

    /** One that goes on counting where this one is. */
    CountingHost before(Host next) {
        return new CountingHost(next, interrupts);
    }

    /** How often {@code vector} of VP {@code vp} was requested. */
    long interrupts(int vp, int vector) {
        return interrupts.get(vp * VECTORS + vector);
    }

    @Override
    public void interrupt(int vp, int vector) {
        interrupts.getAndIncrement(vp * VECTORS + vector);
        super.interrupt(vp, vector);
    }

    @Override
    public void interruptAutoEoi(int vp, int vector) {
        interrupts.getAndIncrement(vp * VECTORS + vector);
        super.interruptAutoEoi(vp, vector);
    }
}
