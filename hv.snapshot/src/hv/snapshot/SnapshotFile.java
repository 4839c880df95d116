package hv.snapshot;

import hv.api.SavedState;
import hv.api.SavedState.Section;
import hv.snapshot.FrameReader.Frame;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * An open file that is read twice: once to check all of it, once to put its memory in place. The second reading checks
 * again, because somebody may have changed the file. Used by one thread.
 */
final class SnapshotFile {
    private static final int BUFFER_BYTES = 64 << 10;

    private final FileChannel channel;
    private long checksum;

    /**
     * What is in it, without the memory.
     *
     * @param header the header
     * @param partition for {@link hv.api.host.GuestPartition#restore}
     * @param machine for {@link hv.api.host.GuestMachine#restore}
     */
    record Contents(SnapshotHeader header, SavedState partition, SavedState machine) {}

    private record Place(FrameKind kind, String id, int vp) {}

    /** Takes the memory of a file, in ascending order. */
    @FunctionalInterface
    interface MemorySink {
        void run(MemoryFrames.Run run, Frame frame) throws IOException, FormatException;
    }

    SnapshotFile(FileChannel channel) {
        this.channel = channel;
    }

    /** Writes all frames of a file. */
    static void write(FrameWriter out, Contents contents, Ram ram) throws IOException, FormatException {
        out.preface();
        out.frame(FrameKind.HEADER, HeaderCodec.encode(contents.header()));
        StateBudget budget = new StateBudget(contents.header().vpCount());
        write(out, FrameKind.PARTITION, contents.partition(), budget);
        write(out, FrameKind.MACHINE, contents.machine(), budget);
        if (contents.header().hasMemory()) {
            try (MemoryFrames memory = new MemoryFrames()) {
                memory.write(ram, out);
            }
        }
        out.end();
    }

    /** Writes the state of a partition without its machine. */
    static void write(FrameWriter out, SnapshotHeader header, SavedState partition)
            throws IOException, FormatException {
        out.preface();
        out.frame(FrameKind.HEADER, HeaderCodec.encode(header));
        write(out, FrameKind.PARTITION, partition, new StateBudget(header.vpCount()));
        out.end();
    }

    private static void write(FrameWriter out, FrameKind kind, SavedState state, StateBudget budget)
            throws IOException, FormatException {
        for (Section section : state.sections()) {
            byte[] payload = SectionCodec.encode(section, budget);
            if (payload.length > kind.mostBytes()) {
                throw new FormatException("section %s of %d bytes is too long"
                        .formatted(SectionCodec.place(section.id(), section.vp()), payload.length));
            }
            out.frame(kind, payload);
        }
    }

    private FrameReader fromStart() throws IOException, FormatException {
        channel.position(0);
        FrameReader in = new FrameReader(
                new BufferedInputStream(Channels.newInputStream(channel), BUFFER_BYTES), channel.size());
        in.preface();
        return in;
    }

    /** Reads the header only. */
    SnapshotHeader header() throws IOException, FormatException {
        return header(fromStart());
    }

    static SnapshotHeader header(FrameReader in) throws IOException, FormatException {
        Frame frame = in.next();
        try {
            return HeaderCodec.decode(frame.reader());
        } catch (FormatException e) {
            throw frame.refuse(e.getMessage());
        }
    }

    /** Reads and checks everything; each page must be one that {@code ram} has. Writes nothing. */
    Contents contents(Ram ram) throws IOException, FormatException {
        FrameReader in = fromStart();
        SnapshotHeader header = header(in);
        List<Section> partition = new ArrayList<>();
        List<Section> machine = new ArrayList<>();
        Set<Place> places = new HashSet<>();
        StateBudget budget = new StateBudget(header.vpCount());
        try (MemoryFrames memory = new MemoryFrames()) {
            for (Frame frame = in.next(); frame.kind() != FrameKind.END; frame = in.next()) {
                if (frame.kind() == FrameKind.MEMORY) {
                    checkMemory(header, frame, memory.read(frame), ram);
                    continue;
                }
                Section section = section(frame, header.vpCount(), budget);
                if (!places.add(new Place(frame.kind(), section.id(), section.vp()))) {
                    throw frame.refuse("there is another one of the same name");
                }
                (frame.kind() == FrameKind.PARTITION ? partition : machine).add(section);
            }
        }
        checksum = in.checksum();
        return new Contents(header, new SavedState(partition), new SavedState(machine));
    }

    static Section section(Frame frame, int vps, StateBudget budget) throws FormatException {
        try {
            return SectionCodec.decode(frame.reader(), vps, budget);
        } catch (FormatException e) {
            throw frame.refuse(e.getMessage());
        }
    }

    private static void checkMemory(SnapshotHeader header, Frame frame, MemoryFrames.Run run, Ram ram)
            throws FormatException {
        if (!header.hasMemory()) {
            throw frame.refuse("the header says that there is no memory");
        }
        if (!ram.has(run.gpa(), run.length() / Bounds.PAGE_BYTES)) {
            throw frame.refuse("address 0x%x is not RAM of this machine".formatted(run.gpa()));
        }
    }

    /** Reads the memory, of a file whose {@link #contents} has been read. */
    void memory(MemorySink sink) throws IOException, FormatException {
        FrameReader in = fromStart();
        try (MemoryFrames memory = new MemoryFrames()) {
            for (Frame frame = in.next(); frame.kind() != FrameKind.END; frame = in.next()) {
                if (frame.kind() == FrameKind.MEMORY) {
                    sink.run(memory.read(frame), frame);
                }
            }
        }
        if (in.checksum() != checksum) {
            throw new FormatException("it was changed while it was read");
        }
    }
}
