package hv.fuzz.guest;

import hv.api.GuestMemory;
import hv.hosted.HostedHost;
import hv.soak.ForwardingHost;

/** A hosted host whose memory is another, and where a VP that spins costs no time. */
final class WatchedHost extends ForwardingHost {
    private final GuestMemory memory;

    WatchedHost(HostedHost host, GuestMemory memory) {
        super(host);
        this.memory = memory;
    }

    @Override
    public GuestMemory memory() {
        return memory;
    }

    @Override
    public void spinning(int vp) {}
}
