package hv.faults.trial;

import hv.faults.run.Shell;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The user nobody, whom root can start programs as. */
public final class OtherUser {
    private static final int NOBODY = 65534;

    /** What starts a program as that user. */
    public static final List<String> WORDS =
            List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--");

    private OtherUser() {}

    /** Why that user cannot run the program of {@code workspace}; empty if it can. */
    public static Optional<String> whyNot(Path workspace) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(WORDS);
        words.addAll(List.of(
                "sh",
                "-c",
                "test -x %s && test -r %s && test -x %s"
                        .formatted(
                                Shell.quoted(workspace.resolve("hv")),
                                Shell.quoted(workspace.resolve("hv.launcher/generated/hv/hv.jar")),
                                Shell.quoted(Path.of(System.getProperty("java.home"), "bin/java")))));
        try {
            Process process = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor() == 0
                    ? Optional.empty()
                    : Optional.of("only root can, and only where others may read the workspace");
        } catch (IOException e) {
            return Optional.of("there is no setpriv");
        }
    }
}
