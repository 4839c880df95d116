package hv.fuzz.file;

import hv.hosted.HostedHost;
import hv.soak.ForwardingHost;

/** A host on which a microsecond passes whenever somebody looks at the clock. */
final class HastyHost extends ForwardingHost {
    private static final long TICKS_PER_LOOK = 2_600;

    private final HostedHost host;

    HastyHost(HostedHost host) {
        super(host);
        this.host = host;
    }

    @Override
    public long guestTsc() {
        host.advanceGuestTsc(TICKS_PER_LOOK);
        return host.guestTsc();
    }
}
