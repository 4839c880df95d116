package hv.snapshot;

import hv.api.SavedState;
import hv.api.StateException;
import hv.api.host.GuestMachine;
import hv.snapshot.SnapshotFile.Contents;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts the contents of a file into a paused machine, all or nothing. Used by one thread.
 *
 * <p>Order: the partition first, because it checks its state on the way in; and back again at once, so that the guest
 * is told of another TSC frequency by the last step and not by a trial. Then the machine with its TSC, then the RAM.
 * The partition last: it refreshes pages in that RAM and draws its clock through that TSC. If a step fails, what was
 * there before is put back.
 */
final class Restoration {
    private final GuestMachine machine;
    private final SnapshotFile file;
    private final Contents contents;
    private final Ram ram;
    private final SavedState machineBefore;
    private final SavedState partitionBefore;

    Restoration(GuestMachine machine, Ram ram, SnapshotFile file, Contents contents) {
        this.machine = machine;
        this.file = file;
        this.contents = contents;
        this.ram = ram;
        this.machineBefore = machine.save();
        this.partitionBefore = machine.partition().save();
    }

    void run() throws IOException, FormatException, StateException {
        SnapshotHeader now = Snapshots.header(machine, partitionBefore, true);
        try (RamUndo undo = RamUndo.of(ram, now)) {
            try {
                apply();
            } catch (Throwable e) {
                putBack(undo, e);
                throw e;
            }
        }
    }

    private void apply() throws IOException, FormatException, StateException {
        machine.partition().restore(contents.partition());
        machine.partition().restore(partitionBefore);
        machine.restore(contents.machine());
        if (contents.header().hasMemory()) {
            MemoryTarget.fill(ram, file);
        }
        machine.partition().restore(contents.partition());
    }

    /** A part of what was there before. */
    @FunctionalInterface
    private interface Part {
        void putBack() throws IOException, FormatException, StateException;
    }

    /** One part that cannot be put back is no reason to leave out the others. */
    private void putBack(RamUndo undo, Throwable reason) throws FormatException {
        List<String> lost = new ArrayList<>();
        List<Part> parts = List.of(
                () -> machine.restore(machineBefore),
                () -> undo.undo(ram),
                () -> machine.partition().restore(partitionBefore));
        for (Part part : parts) {
            try {
                part.putBack();
            } catch (Throwable e) {
                lost.add(Snapshots.oneLine(e));
            }
        }
        if (!lost.isEmpty()) {
            throw new FormatException("%s; and what was there before could not be put back: %s"
                    .formatted(Snapshots.oneLine(reason), String.join("; ", lost)));
        }
    }
}
