package hv.snapshot;

import hv.api.SavedState;
import hv.api.dto.PartitionDTO;
import hv.api.host.GuestMachine;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import hv.snapshot.SnapshotFile.Contents;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Saves guests to files and restores them. Called by the console, by launchers and by VMMs; any thread but a VP's.
 * Calls for one machine at the same time wait for each other: from pause to resume each holds the machine's monitor.
 */
public final class Snapshots {
    private final Hypervisor hypervisor;

    /** With the hypervisor whose partitions are saved, which knows what speaks against saving. */
    public Snapshots(Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
    }

    /** What speaks against moving this guest to another host, a line each; empty if nothing does. */
    public List<String> vetoes(GuestPartition partition) {
        return Vetoes.of(hypervisor, partition.inspect().flags());
    }

    /**
     * Writes a guest to a file. The guest stands still meanwhile and goes on afterwards, also when writing fails. The
     * file is replaced as a whole or not at all.
     *
     * @param withMemory whether the RAM goes into the file
     * @throws SnapshotException if there are vetoes, a line each, or the file cannot be written
     */
    public void save(GuestMachine machine, Path file, boolean withMemory) throws SnapshotException {
        save(machine, file, withMemory, () -> {});
    }

    /**
     * The same for a guest that is to go on elsewhere.
     *
     * @param written called when the file is complete, while the guest still stands still: ends it
     * @throws SnapshotException as above; {@code written} has not been called
     */
    public void save(GuestMachine machine, Path file, boolean withMemory, Runnable written) throws SnapshotException {
        List<String> vetoes = vetoes(machine.partition());
        if (!vetoes.isEmpty()) {
            throw new SnapshotException(String.join("\n", vetoes));
        }
        write(machine, file, withMemory, written);
    }

    /**
     * The same for somebody who knows better, as for a guest that stays on its host.
     *
     * @throws SnapshotException if the file cannot be written
     */
    public void saveInSpiteOfVetoes(GuestMachine machine, Path file, boolean withMemory) throws SnapshotException {
        write(machine, file, withMemory, () -> {});
    }

    private static void write(GuestMachine machine, Path file, boolean withMemory, Runnable written)
            throws SnapshotException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new SnapshotException(name(file) + ": not a file");
        }
        try (AtomicFile out = AtomicFile.of(file)) {
            synchronized (machine) {
                machine.pause();
                try {
                    write(machine, out, withMemory);
                    written.run();
                } finally {
                    machine.resume();
                }
            }
        } catch (IOException e) {
            throw unusable(file, "cannot be written", e);
        } catch (Throwable e) {
            throw failed(file, e);
        }
    }

    private static void write(GuestMachine machine, AtomicFile file, boolean withMemory)
            throws IOException, FormatException {
        // The machine first: from then on no VP does anything, so what is pending is in one of the two and not in both.
        SavedState processors = machine.save();
        SavedState partition = machine.partition().save();
        Contents contents = new Contents(header(machine, partition, withMemory), partition, processors);
        file.write(out -> SnapshotFile.write(new FrameWriter(out), contents, new Ram(machine)));
    }

    /**
     * Reads what a machine must be to take the guest in a file. Checks the header, not the rest.
     *
     * @throws SnapshotException if the file cannot be read or is damaged
     */
    public static SnapshotHeader read(Path file) throws SnapshotException {
        try (FileChannel channel = open(file)) {
            return new SnapshotFile(channel).header();
        } catch (IOException e) {
            throw unusable(file, "cannot be read", e);
        } catch (Throwable e) {
            throw failed(file, e);
        }
    }

    /**
     * Puts the guest in a file into a machine that has its flags, VPs and memory, and lets it go on. The whole file is
     * checked before anything changes. All or nothing: when it fails the machine is as before. It goes on either way,
     * also if it was paused before.
     *
     * @throws SnapshotException with one line that says what is wrong, and with which section
     */
    public void restore(GuestMachine machine, Path file) throws SnapshotException {
        try (FileChannel channel = open(file)) {
            SnapshotFile snapshot = new SnapshotFile(channel);
            requireFits(snapshot.header(), machine);
            Ram ram = new Ram(machine);
            Contents contents = snapshot.contents(ram);
            requireFits(contents.header(), machine);
            synchronized (machine) {
                machine.pause();
                try {
                    new Restoration(machine, ram, snapshot, contents).run();
                } finally {
                    machine.resume();
                }
            }
        } catch (IOException e) {
            throw unusable(file, "cannot be read", e);
        } catch (Throwable e) {
            throw failed(file, e);
        }
    }

    private static FileChannel open(Path file) throws IOException, FormatException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new FormatException("not a file");
        }
        return FileChannel.open(file, StandardOpenOption.READ);
    }

    static SnapshotHeader header(GuestMachine machine, SavedState partitionState, boolean hasMemory) {
        PartitionDTO partition = machine.partition().inspect();
        return new SnapshotHeader(
                partition.flags(),
                partition.host(),
                partition.vps(),
                machine.memoryBytes(),
                tscFrequencyHz(partitionState),
                Instant.now(),
                hasMemory);
    }

    static long tscFrequencyHz(SavedState partition) {
        return partition.sections().stream()
                .filter(section -> section.vp() == SavedState.PARTITION)
                .map(section -> section.values().get("TscFrequencyHz"))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the partition does not tell its TSC frequency"));
    }

    private static void requireFits(SnapshotHeader header, GuestMachine machine) throws FormatException {
        if (header.memoryBytes() == SnapshotHeader.NO_MACHINE) {
            throw new FormatException("it holds the state of a partition only, without a machine");
        }
        PartitionDTO partition = machine.partition().inspect();
        requireSame("back end", header.backEnd(), partition.host());
        requireSame("flags", sorted(header.flags()), sorted(partition.flags()));
        requireSame("VPs", String.valueOf(header.vpCount()), String.valueOf(partition.vps()));
        requireSame("bytes of memory", String.valueOf(header.memoryBytes()), String.valueOf(machine.memoryBytes()));
    }

    /** The order in which flags were given means nothing. */
    private static String sorted(String flags) {
        return Arrays.stream(flags.split(",")).sorted().collect(Collectors.joining(","));
    }

    private static void requireSame(String what, String saved, String here) throws FormatException {
        if (!saved.equals(here)) {
            throw new FormatException("it was saved with %s %s, this machine has %s".formatted(what, saved, here));
        }
    }

    private static SnapshotException unusable(Path file, String what, IOException e) {
        String why = e instanceof NoSuchFileException
                ? "there is no such file or folder"
                : e instanceof AccessDeniedException
                        ? "permission denied"
                        : e instanceof ClosedByInterruptException ? "interrupted" : what + ": " + oneLine(e);
        return new SnapshotException(name(file) + ": " + why, e);
    }

    private static SnapshotException failed(Path file, Throwable e) {
        String why = e instanceof OutOfMemoryError
                ? "there is not enough memory for the state of such a machine: give the JVM a larger heap (HV_JAVA_OPTIONS=-Xmx512m)"
                : oneLine(e);
        return new SnapshotException(name(file) + ": " + why, e);
    }

    private static String name(Path file) {
        return ByteReader.printable(file.toString());
    }

    static String oneLine(Throwable e) {
        return ByteReader.printable(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
    }
}
