package hv.bench.calls;

import hv.api.GuestMemory;
import hv.api.HostFacts;
import hv.api.PowerEvent;
import hv.api.VpSet;
import hv.api.host.Host;
import hv.api.host.ManualClock;
import hv.hosted.HostedHost;

/**
 * A host that does nothing of its own, so that a benchmark measures decoding and applying only. Its clock is a counter.
 */
final class QuietHost implements Host, ManualClock {
    private final HostedHost hosted = HostedHost.builder().build();
    private long tsc = 1L << 40;

    /** What was asked of it, so that nothing can be optimised away. */
    long requests;

    @Override
    public String name() {
        return "quiet";
    }

    @Override
    public HostFacts facts() {
        return HostFacts.builder(
                        hosted.facts().vendor(),
                        hosted.facts().tscFrequencyHz(),
                        hosted.facts().apicFrequencyHz())
                .tlbFlush(true)
                .build();
    }

    @Override
    public GuestMemory memory() {
        return hosted.memory();
    }

    @Override
    public long guestTsc() {
        return ++tsc;
    }

    @Override
    public byte[] hypercallPage() {
        return hosted.hypercallPage();
    }

    @Override
    public void kick(int vp) {
        requests++;
    }

    @Override
    public void interrupt(int vp, int vector) {
        requests++;
    }

    @Override
    public void power(PowerEvent event) {
        requests++;
    }

    @Override
    public boolean flushTlb(int caller, VpSet targets) {
        requests++;
        return true;
    }

    @Override
    public boolean isClockManual() {
        return true;
    }
}
