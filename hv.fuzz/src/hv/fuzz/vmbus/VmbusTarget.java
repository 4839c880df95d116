package hv.fuzz.vmbus;

import hv.api.host.Hypervisor;
import hv.api.vmbus.DeviceKind;
import hv.api.vmbus.VmbusProvider;
import hv.fuzz.target.Choices;
import hv.fuzz.target.Effort;
import hv.fuzz.target.Finding;
import hv.fuzz.target.LogWatch;
import hv.fuzz.target.Product;
import hv.fuzz.target.Target;
import java.util.List;
import java.util.Set;

/**
 * VMBus, and whatever a guest can do to it by messages, signals and the memory of rings, while the host takes devices
 * away, puts others there, resets, saves and restores. Has to hold: nothing ends in an exception or leaves an error in
 * the log; nothing is written but pages of SynIC and of rings that are open; each answer that the guest is owed comes
 * once and in its turn, and no other; while a guest keeps to the rules its channel stays open, and every packet comes
 * back once, in order and as it was, also if it
 * sends and takes between any two of the host's accesses; what was saved is taken, and saved again is the same; a
 * damaged state is taken
 * or refused; no step takes long or allocates much, and the heap does not grow however long the guest goes
 * on.
 */
public final class VmbusTarget implements Target {
    /** Devices that are asked only on the thread that serves the channel, and make nothing outside. */
    private static final Set<String> KINDS = Set.of("heartbeat", "shutdown", "timesync", "kvp", "vss", "keyboard");

    private static final int MOST_MILLIS = 1_000;
    private static final int MOST_BYTES = 64 << 20;
    private static final int STEPS_PER_LOOK = 1 << 16;
    private static final long MOST_GROWTH_BYTES = 16L << 20;

    private final Hypervisor hypervisor;
    private final VmbusProvider provider;
    private final List<DeviceKind> kinds;
    private final Effort effort = new Effort();
    private final LogWatch log = new LogWatch();
    private long heapBytes;

    /** On the newest bus that is deployed. */
    public VmbusTarget(Product product) {
        hypervisor = product.hypervisor();
        provider = product.buses().get(0);
        kinds = product.devices().stream()
                .filter(kind -> KINDS.contains(kind.id()))
                .toList();
    }

    @Override
    public int run(byte[] input) {
        Choices choices = new Choices(input);
        int steps = 0;
        heapBytes = 0;
        try (AttackedBus bus = new AttackedBus(hypervisor, provider, kinds)) {
            Steps all = new Steps(bus, choices);
            if (choices.below(4) != 0) {
                all.start(); // most inputs begin where a guest's driver would be
            }
            while (choices.hasMore()) {
                effort.begin();
                String what = all.next();
                effort.end(what, MOST_MILLIS, MOST_BYTES);
                bus.checkMemory();
                if (++steps % STEPS_PER_LOOK == 0) {
                    checkHeap();
                }
            }
            all.end();
            bus.checkMemory();
            steps += bus.guest.operations();
        }
        log.check();
        return steps + 1;
    }

    /** What one guest makes the host keep is bounded: the heap is as large as after the first steps. */
    private void checkHeap() {
        System.gc();
        long used = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        if (heapBytes == 0) {
            heapBytes = used;
        } else if (used > heapBytes + MOST_GROWTH_BYTES) {
            throw new Finding("the heap has grown from %,d to %,d bytes".formatted(heapBytes, used));
        }
    }
}
