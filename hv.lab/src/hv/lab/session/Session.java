package hv.lab.session;

import hv.lab.rig.Emulator;
import hv.lab.rig.Rig;
import hv.lab.rig.UnusableException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * One life of level 1: started, its serial line read to the end, killed when its time is over or when it stops showing
 * life. The emulator now and then stalls for good, with everything in it, so no limit that is kept inside can be relied
 * upon.
 *
 * <p>For one thread, which {@link #run} keeps until the session is over.
 */
public final class Session {
    private static final long LOOK_MILLIS = 500;

    /**
     * Level 1 shows life every 5 seconds; loaded machines are slow. Looks are counted, not seconds: whoever stops this
     * program for a while stops the emulator too.
     */
    private static final int MOST_SILENT_LOOKS = 120;

    private static final double NANOS = 1e9;

    /** How it ended. */
    public enum End {
        /** Level 1 switched itself off. */
        COMPLETE,
        /** It showed no life any more. */
        STALLED,
        /** Its time was over. */
        OVERDUE,
        /** The emulator ended with an error. */
        BROKEN
    }

    private final Path folder;
    private final Transcript transcript = new Transcript();
    private final long start = System.nanoTime();

    /** With a folder of its own, which is there. */
    public Session(Path folder) {
        this.folder = folder;
    }

    /** Runs it. The folder has {@code initrd}; {@code transcript} and {@code beat} come to it. */
    public End run(Rig rig, int smp, int memoryMib, double limitSeconds)
            throws UnusableException, InterruptedException {
        Path beat = folder.resolve("beat");
        Process process = null;
        try {
            Files.write(beat, new byte[0]);
            process = new ProcessBuilder(Emulator.command(rig, smp, memoryMib, folder.resolve("initrd"), beat))
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectError(folder.resolve("emulator").toFile())
                    .start();
            Process running = process;
            Thread reader = Thread.ofPlatform().start(() -> read(running));
            End end = attend(process, beat, limitSeconds);
            process.destroyForcibly().waitFor();
            reader.join();
            transcript.finish();
            if (end == End.COMPLETE && process.exitValue() != 0) {
                if (!transcript.sections().isEmpty()) {
                    return End.BROKEN;
                }
                throw new UnusableException("the emulator ended with status %d: %s"
                        .formatted(
                                process.exitValue(),
                                Files.readString(folder.resolve("emulator")).strip()));
            }
            return end;
        } catch (IOException e) {
            throw new UnusableException("cannot run a session in %s: %s".formatted(folder, e), e);
        } finally {
            if (process != null) {
                process.destroyForcibly();
            }
        }
    }

    /** What level 1 printed. After {@link #run}. */
    public Transcript transcript() {
        return transcript;
    }

    private End attend(Process process, Path beat, double limitSeconds) throws InterruptedException, IOException {
        long beats = 0;
        int silentLooks = 0;
        while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            long size = Files.size(beat);
            silentLooks = size == beats ? silentLooks + 1 : 0;
            beats = size;
            if (now() > limitSeconds) {
                return End.OVERDUE;
            }
            if (silentLooks > MOST_SILENT_LOOKS) {
                return End.STALLED;
            }
        }
        return End.COMPLETE;
    }

    private void read(Process process) {
        try (BufferedReader in = new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1));
                PrintWriter log = new PrintWriter(
                        Files.newBufferedWriter(folder.resolve("transcript"), StandardCharsets.ISO_8859_1), true)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                log.println(String.format(Locale.ROOT, "%8.3f %s", now(), line.replace("\r", "")));
                transcript.add(now(), line);
            }
        } catch (IOException e) {
            // The process was killed; what has arrived counts.
        }
    }

    private double now() {
        return (System.nanoTime() - start) / NANOS;
    }
}
