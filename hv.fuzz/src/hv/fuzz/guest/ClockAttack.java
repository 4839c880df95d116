package hv.fuzz.guest;

import hv.api.HostFacts;
import hv.fuzz.target.Choices;
import hv.hosted.HostedHost;

/** Time passes, jumps, or runs at another pace. */
final class ClockAttack implements Attack {
    private static final long LOWEST_HZ = HostFacts.LOWEST_TSC_HZ;
    private static final long HIGHEST_HZ = HostFacts.HIGHEST_TSC_HZ;

    @Override
    public void on(AttackedPartition partition, Choices choices) {
        HostedHost host = partition.host;
        switch (choices.below(10)) {
            case 0 -> host.advance100ns(choices.below(1 << 30));
            case 1 -> host.setGuestTsc(host.guestTsc() + choices.below(1 << 30));
            case 2 -> host.advanceGuestTsc(choices.any() >>> 1 + choices.below(63));
            case 3 -> {
                long hertz = LOWEST_HZ + Long.remainderUnsigned(choices.any(), HIGHEST_HZ - LOWEST_HZ + 1);
                partition.drain();
                host.setTscFrequency(hertz);
                partition.partition.tscFrequencyChanged(hertz);
            }
            default -> host.advance100ns(choices.below(10_000));
        }
    }
}
