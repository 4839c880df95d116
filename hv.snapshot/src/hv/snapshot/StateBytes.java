package hv.snapshot;

import hv.api.SavedState;
import hv.api.dto.PartitionDTO;
import hv.api.host.GuestPartition;
import hv.snapshot.FrameReader.Frame;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The state of a partition's enlightenments as bytes, for a VMM that keeps processors, devices and RAM itself. They
 * have the form of a snapshot without machine and memory ({@code FORMAT.md}), and know the flags and the number of VPs
 * that they were saved with. Bytes are input from anybody: all of them are checked, within bounds, before anything is
 * given. No state; any thread.
 */
public final class StateBytes {
    private StateBytes() {}

    /**
     * Writes what {@link GuestPartition#save} gave.
     *
     * @param partition whose state it is
     * @throws SnapshotException if the partition has no VP, or the state is larger than a snapshot may be
     */
    public static byte[] toBytes(SavedState state, GuestPartition partition) throws SnapshotException {
        PartitionDTO from = partition.inspect();
        if (from.vps() == 0) {
            throw new SnapshotException("a partition without VPs has no state worth saving");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            SnapshotHeader header = new SnapshotHeader(
                    from.flags(),
                    from.host(),
                    from.vps(),
                    SnapshotHeader.NO_MACHINE,
                    Snapshots.tscFrequencyHz(state),
                    Instant.now(),
                    false);
            SnapshotFile.write(new FrameWriter(bytes), header, state);
        } catch (IOException | FormatException e) {
            throw new SnapshotException("the state cannot be written: " + Snapshots.oneLine(e), e);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads what {@link #toBytes} wrote, for {@link GuestPartition#restore}.
     *
     * @param partition the one that is to have it; nothing in it changes
     * @throws SnapshotException with one line: what is damaged, or which flags or VPs it was saved with that this
     *     partition does not have
     */
    public static SavedState fromBytes(byte[] bytes, GuestPartition partition) throws SnapshotException {
        try {
            FrameReader in = new FrameReader(new ByteArrayInputStream(bytes), bytes.length);
            in.preface();
            SnapshotHeader header = SnapshotFile.header(in);
            requireFits(header, partition.inspect());
            return new SavedState(sections(in, header.vpCount()));
        } catch (IOException | FormatException e) {
            throw new SnapshotException("the state cannot be read: " + Snapshots.oneLine(e), e);
        }
    }

    private static void requireFits(SnapshotHeader header, PartitionDTO into) throws FormatException {
        if (header.memoryBytes() != SnapshotHeader.NO_MACHINE) {
            throw new FormatException("it holds a whole machine, which Snapshots restores");
        }
        Set<String> saved = words(header.flags());
        Set<String> here = words(into.flags());
        if (!saved.equals(here)) {
            Set<String> missing = new TreeSet<>(saved);
            missing.removeAll(here);
            Set<String> more = new TreeSet<>(here);
            more.removeAll(saved);
            throw new FormatException("it was saved under other flags: %s"
                    .formatted(String.join("; ", named("this partition lacks ", missing), named("it lacked ", more))
                            .replaceAll("^; |; $", "")));
        }
        if (header.vpCount() != into.vps()) {
            throw new FormatException(
                    "it was saved with %d VPs, this partition has %d".formatted(header.vpCount(), into.vps()));
        }
    }

    private static String named(String what, Set<String> flags) {
        return flags.isEmpty() ? "" : what + String.join(", ", flags);
    }

    private static Set<String> words(String flags) {
        return new TreeSet<>(Arrays.asList(flags.split(",")));
    }

    private static List<SavedState.Section> sections(FrameReader in, int vps) throws IOException, FormatException {
        List<SavedState.Section> sections = new ArrayList<>();
        Set<String> places = new HashSet<>();
        StateBudget budget = new StateBudget(vps);
        for (Frame frame = in.next(); frame.kind() != FrameKind.END; frame = in.next()) {
            if (frame.kind() != FrameKind.PARTITION) {
                throw frame.refuse("it is no state of a partition");
            }
            SavedState.Section section = SnapshotFile.section(frame, vps, budget);
            if (!places.add(SectionCodec.place(section.id(), section.vp()))) {
                throw frame.refuse("there is another one of the same name");
            }
            sections.add(section);
        }
        return sections;
    }
}
