package hv.faults.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How a trial gets temporary folders of its own, in which whatever the program leaves is seen. */
public enum Isolation {
    /** A mount namespace; for root. */
    MOUNTS("unshare", "-m", "--"),
    /** A mount namespace within a user namespace, where those are allowed. */
    USER_MOUNTS("unshare", "-U", "-r", "-m", "--"),
    /** The JVM is told another folder; {@code /dev/shm} is not used then. */
    PROPERTY();

    private static final int OPEN_AND_STICKY = 01777;
    private static final long LIMIT_SECONDS = 30;

    private final List<String> command;

    Isolation(String... command) {
        this.command = List.of(command);
    }

    /** The strongest that this machine allows. */
    public static Isolation find() throws InterruptedException {
        for (Isolation isolation : List.of(MOUNTS, USER_MOUNTS)) {
            if (isolation.works()) {
                return isolation;
            }
        }
        return PROPERTY;
    }

    /** Whether a trial may mount what it likes. */
    public boolean hasMounts() {
        return this != PROPERTY;
    }

    private boolean works() throws InterruptedException {
        List<String> words = new ArrayList<>(command);
        words.addAll(List.of("sh", "-c", "mount -t tmpfs tmpfs /dev/shm && mount --bind /tmp /tmp"));
        return succeeds(words);
    }

    /** Whether a program is there and ends well. */
    static boolean succeeds(List<String> words) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** What starts a shell in the namespace. */
    List<String> words() {
        return command;
    }

    /**
     * Lines of that shell: {@code folders} take the place of the machine's, unless something that is needed lies below
     * those.
     */
    List<String> lines(Path folders) {
        if (!hasMounts()) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        lines.add("mount --bind %s /dev/shm || exit 99".formatted(Shell.quoted(folders.resolve("shm"))));
        if (!folders.startsWith("/tmp")) {
            lines.add("mount --bind %s /tmp || exit 99".formatted(Shell.quoted(folders.resolve("tmp"))));
        }
        return lines;
    }

    void tell(Map<String, String> environment, Path folders) {
        if (!hasMounts() || folders.startsWith("/tmp")) {
            environment.merge(
                    "HV_JAVA_OPTIONS", "-Djava.io.tmpdir=" + folders.resolve("tmp"), (old, own) -> old + " " + own);
            environment.putIfAbsent("TMPDIR", folders.resolve("tmp").toString());
        }
    }

    /** Makes the folders, and the one in which programs run; anybody may write there, as into the machine's own. */
    public static void make(Path folders) throws IOException {
        for (String name : List.of("here", "shm", "tmp")) {
            Path folder = Files.createDirectory(folders.resolve(name));
            Files.setAttribute(folder, "unix:mode", OPEN_AND_STICKY);
        }
    }
}
