package hv.fuzz.file;

import hv.api.SavedState;
import hv.api.host.Hypervisor;
import hv.fuzz.target.Effort;
import hv.fuzz.target.Finding;
import hv.fuzz.target.LogWatch;
import hv.fuzz.target.Target;
import hv.hosted.HostedHost;
import hv.snapshot.SnapshotException;
import hv.snapshot.Snapshots;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A snapshot, as it is and with its checksums put right. Has to hold: a refusal is one line and leaves the machine as
 * it was, memory included; and what was taken is saved, restored and saved again without a difference.
 */
public final class SnapshotTarget implements Target {
    private static final long MEMORY_BYTES = 64 << 10;
    private static final int MOST_MILLIS = 3_000;
    private static final int MOST_BYTES = 256 << 20;

    private final Hypervisor hypervisor;
    private final Snapshots snapshots;
    private final String flags;
    private final ScratchFile scratch = new ScratchFile();
    private final ScratchFile second = new ScratchFile();
    private final Effort effort = new Effort();
    private final LogWatch log = new LogWatch();

    /** The machine has everything that {@code hypervisor} has. */
    public SnapshotTarget(Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
        this.snapshots = new Snapshots(hypervisor);
        this.flags = hypervisor.everything(HostedHost.builder().build().facts()) + ",hv-enforce-cpuid";
    }

    /** A machine at one moment. */
    private record Moment(SavedState partition, SavedState processors, byte[] ram) {
        static Moment of(StillMachine machine) {
            machine.drain();
            return new Moment(machine.partition().save(), machine.save(), machine.ram());
        }

        void requireSame(Moment other, String what) {
            if (!partition.equals(other.partition) || !processors.equals(other.processors)) {
                throw new Finding("%s has changed the state: %s%n%s".formatted(what, this, other));
            }
            if (!Arrays.equals(ram, other.ram)) {
                throw new Finding(what + " has changed the memory at " + Arrays.mismatch(ram, other.ram));
            }
        }
    }

    @Override
    public int run(byte[] input) throws IOException, SnapshotException {
        effort.begin();
        restore(input);
        restore(Resealed.of(input));
        effort.end("a snapshot of %d bytes".formatted(input.length), MOST_MILLIS, MOST_BYTES);
        log.check();
        return 2;
    }

    private void restore(byte[] file) throws IOException, SnapshotException {
        try (StillMachine machine = new StillMachine(hypervisor, flags, MEMORY_BYTES)) {
            Moment before = Moment.of(machine);
            try {
                snapshots.restore(machine, scratch.with(file));
            } catch (SnapshotException e) {
                OneLine.check("refusal", e.getMessage());
                before.requireSame(Moment.of(machine), "a refused snapshot (" + e.getMessage() + ")");
                return;
            }
            Moment taken = Moment.of(machine);
            Path again = second.with(new byte[0]);
            snapshots.saveInSpiteOfVetoes(machine, again, true);
            taken.requireSame(Moment.of(machine), "saving");
            try (StillMachine other = new StillMachine(hypervisor, flags, MEMORY_BYTES)) {
                snapshots.restore(other, again);
                taken.requireSame(Moment.of(other), "save and restore");
            }
        }
    }
}
