package hv.itest;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A workspace with the script and what it starts, as after a build, in a folder of a test's own. It has no sources, so
 * nothing in it is ever out of date and the script builds nothing.
 *
 * @param root its folder
 */
record Workspace(Path root) {
    /** Makes one. */
    static Workspace at(Path root) throws IOException {
        Files.createDirectories(root.resolve("cnf/cache"));
        Path generated = Files.createDirectories(root.resolve("hv.launcher/generated"));
        Files.copy(Shipped.WORKSPACE.resolve("hv"), root.resolve("hv"), StandardCopyOption.COPY_ATTRIBUTES);
        Path verbs = Files.createDirectories(root.resolve("cnf/verbs"));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Shipped.WORKSPACE.resolve("cnf/verbs"))) {
            for (Path file : files) {
                Files.copy(file, verbs.resolve(file.getFileName()));
            }
        }
        Shipped.assembleAt(generated.resolve("hv"));
        Files.createFile(generated.resolve("built"));
        return new Workspace(root);
    }

    /** The folder that is started from. */
    Path distribution() {
        return root.resolve("hv.launcher/generated/hv");
    }

    /** The script with these arguments, in an environment that names nothing but this JDK and the usual programs. */
    ProcessBuilder script(String... args) {
        List<String> command = new ArrayList<>(List.of(root.resolve("hv").toString()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command);
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.put("PATH", "/usr/local/bin:/usr/bin:/bin");
        environment.put("HV_JAVA_HOME", System.getProperty("java.home"));
        return builder;
    }

    /** The same below another program. */
    ProcessBuilder below(List<String> outer, String... args) {
        ProcessBuilder builder = script(args);
        List<String> command = new ArrayList<>(outer);
        command.addAll(builder.command());
        return builder.command(command);
    }

    /** The same in a shell, behind {@code prelude}. */
    ProcessBuilder after(String prelude, String... args) {
        return below(List.of("sh", "-c", prelude + " \"$0\" \"$@\""), args);
    }
}
