package hv.launcher.jail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What {@code ./hv run --jail} stands on: the script that starts bubblewrap, and the filters of system calls. Called by
 * the build.
 */
public final class Jail {
    private static final String SCRIPT = "jail.sh";

    private Jail() {}

    /**
     * Puts it where it is started from.
     *
     * @param source folder with the script and the list of system calls
     * @param target folder to make
     */
    public static void assemble(Path source, Path target) throws IOException {
        Files.createDirectories(target);
        Files.copy(source.resolve(SCRIPT), target.resolve(SCRIPT));
        CallFilter.write(source.resolve("calls.txt"), target);
    }
}
