package hv.fuzz.guest;

import hv.api.host.Hypervisor;
import hv.fuzz.target.Choices;
import hv.fuzz.target.Effort;
import hv.fuzz.target.Finding;
import hv.fuzz.target.LogWatch;
import hv.fuzz.target.Target;

/**
 * A partition, and whatever a guest, its VMM and host-side code can do to it. Has to hold: everything ends in a value,
 * a status or a fault and leaves no error in the log; nothing is written outside of pages that the guest has
 * registered; the same input has the same answers; no operation takes long or allocates much; and what
 * {@link StateAttack}, {@link SwapAttack} and {@link CallAttack} say.
 */
public final class GuestTarget implements Target {
    private static final int MOST_OPERATIONS = 400;

    private final Hypervisor hypervisor;
    private final Mix mix;
    private final boolean isRestless;
    private final Effort effort = new Effort();
    private final LogWatch log = new LogWatch();
    private int operations;

    private GuestTarget(Hypervisor hypervisor, Mix mix, boolean isRestless) {
        this.hypervisor = hypervisor;
        this.mix = mix;
        this.isRestless = isRestless;
    }

    /** All that there is. */
    public static GuestTarget everything(Hypervisor hypervisor) {
        return new GuestTarget(hypervisor, Mix.everything(), false);
    }

    /** What has to do with pages, which somebody writes to between any two of the product's reads. */
    public static GuestTarget pages(Hypervisor hypervisor) {
        return new GuestTarget(hypervisor, Mix.pages(), true);
    }

    @Override
    public int run(byte[] input) throws Exception {
        boolean isRepeated = new Choices(input).oneIn(16);
        long digest = attack(new Choices(input));
        if (isRepeated && attack(new Choices(input)) != digest) {
            throw new Finding("the same input has had other answers");
        }
        return operations;
    }

    private long attack(Choices choices) throws Exception {
        choices.below(256); // whether it is repeated
        operations = 0;
        Scribbler scribbler = isRestless ? Scribbler.of(choices.any()) : Scribbler.NONE;
        try (AttackedPartition partition = new AttackedPartition(hypervisor, Shape.ANY, choices, scribbler)) {
            while (choices.hasMore() && operations++ < MOST_OPERATIONS) {
                Mix.Kind kind = mix.choose(choices);
                effort.begin();
                kind.attack().on(partition, choices);
                effort.end(kind.name(), kind.mostMillis(), kind.mostBytes());
                partition.checkMemory();
            }
            log.check();
            return partition.digest();
        }
    }
}
