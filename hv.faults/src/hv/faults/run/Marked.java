package hv.faults.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * The processes of one trial, wherever they have got to: each carries the trial's mark in its environment.
 *
 * @param mark unlike any other
 */
record Marked(String mark) {
    static final String VARIABLE = "HV_FAULTS_MARK";

    /**
     * Those that are there now, zombies left out. Looked for twice, since one that is just starting another program
     * shows no environment for a moment.
     */
    Collection<ProcessHandle> all() throws IOException {
        Set<ProcessHandle> found = new LinkedHashSet<>();
        look(found);
        look(found);
        return found;
    }

    private void look(Set<ProcessHandle> found) throws IOException {
        byte[] wanted = (VARIABLE + "=" + mark).getBytes(StandardCharsets.UTF_8);
        try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
            for (Path entry : (Iterable<Path>) entries::iterator) {
                String name = entry.getFileName().toString();
                if (name.chars().allMatch(Character::isDigit) && holds(entry.resolve("environ"), wanted)) {
                    ProcessHandle.of(Long.parseLong(name)).ifPresent(found::add);
                }
            }
        }
    }

    private static boolean holds(Path environ, byte[] wanted) {
        try {
            byte[] bytes = Files.readAllBytes(environ);
            return new String(bytes, StandardCharsets.ISO_8859_1)
                    .contains(new String(wanted, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            // It has ended, or is another user's.
            return false;
        }
    }

    /** Waits for them to end; what is left when the time is over is killed, and told. */
    List<String> end(double seconds) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + (long) (seconds * 1e9);
        List<String> left = new ArrayList<>();
        for (ProcessHandle process : all()) {
            if (!hasEnded(process, deadline - System.nanoTime())) {
                left.add(process.pid() + " " + commandLine(process));
                process.destroyForcibly();
            }
        }
        return left;
    }

    private static boolean hasEnded(ProcessHandle process, long nanos) throws InterruptedException {
        try {
            process.onExit().get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return !process.isAlive();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String commandLine(ProcessHandle process) {
        return Optional.of(process.info()).flatMap(ProcessHandle.Info::command).orElse("?");
    }
}
