package hv.fuzz.guest;

import hv.api.GuestFault;
import hv.api.SavedState;
import hv.api.StateException;
import hv.api.host.Hypervisor;
import hv.api.machine.StateSections;
import hv.fuzz.target.Choices;
import hv.fuzz.target.Finding;
import hv.fuzz.target.LogWatch;
import hv.fuzz.target.Target;

/**
 * MSR accesses one by one. Has to hold: reading changes nothing, and a write that is a fault changes nothing; and when
 * the state is taken by a fresh partition on a host that is as this one, every MSR there reads as it does here.
 */
public final class MsrsTarget implements Target {
    private static final int MOST_ACCESSES = 60;
    private static final int FIRST_MSR = 0x4000_0000;
    private static final int LAST_MSR = 0x4000_0200;

    private final Hypervisor hypervisor;
    private final LogWatch log = new LogWatch();

    /** On a hypervisor with everything deployed. */
    public MsrsTarget(Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
    }

    @Override
    public int run(byte[] input) throws Exception {
        Choices choices = new Choices(input);
        int accesses = 0;
        try (AttackedPartition partition = new AttackedPartition(hypervisor, Shape.SMALL, choices, Scribbler.NONE)) {
            while (choices.hasMore() && accesses++ < MOST_ACCESSES) {
                access(partition, choices);
                partition.checkMemory();
            }
            try (AttackedPartition other =
                    new AttackedPartition(hypervisor, Shape.SMALL, new Choices(input), Scribbler.NONE)) {
                requireSameReadings(partition, other);
            }
        }
        log.check();
        return accesses;
    }

    private static void access(AttackedPartition partition, Choices choices) {
        int vp = choices.below(partition.vps.length);
        int msr = MsrChoice.index(choices);
        long value = MsrChoice.value(choices, msr, partition.memoryBytes());
        if (choices.oneIn(8)) {
            partition.host.advance100ns(choices.below(10_000));
        }
        SavedState before = partition.save();
        String read = reading(partition, vp, msr);
        requireSame("reading 0x%08x (%s)".formatted(msr, read), before, partition);
        partition.pages.name(value, true);
        try {
            partition.vps[vp].writeMsr(msr, value);
            if (RegisteredPages.has(msr)) {
                partition.pages.registered(vp, msr, value);
            }
        } catch (GuestFault fault) {
            requireSame("a refused write of 0x%x to 0x%08x".formatted(value, msr), before, partition);
        } finally {
            partition.pages.name(value, false);
        }
    }

    private static void requireSame(String what, SavedState before, AttackedPartition partition) {
        String difference = StateDifference.of(before, partition.save());
        if (!difference.isEmpty()) {
            throw new Finding(what + " has changed:" + difference);
        }
    }

    private static void requireSameReadings(AttackedPartition partition, AttackedPartition other) {
        SavedState saved = partition.save();
        int vps = partition.vps.length;
        other.pages.name(saved, true);
        try {
            // The clock, and the APICs, part of which is read by MSRs.
            other.host
                    .restore(new StateSections(new SavedState(partition.host.save(vps))), vps)
                    .run();
            other.partition.restore(saved);
        } catch (StateException e) {
            throw new Finding("a state that was saved is refused", e);
        }
        other.drain();
        for (int vp = 0; vp < vps; vp++) {
            for (int msr = FIRST_MSR; msr <= LAST_MSR; msr++) {
                String here = reading(partition, vp, msr);
                String there = reading(other, vp, msr);
                if (!here.equals(there)) {
                    throw new Finding(
                            "MSR 0x%08x of VP %d reads %s, and %s after a move".formatted(msr, vp, here, there));
                }
            }
        }
    }

    private static String reading(AttackedPartition partition, int vp, int msr) {
        try {
            return "0x" + Long.toHexString(partition.vps[vp].readMsr(msr));
        } catch (GuestFault fault) {
            return String.valueOf(fault.getMessage());
        }
    }
}
