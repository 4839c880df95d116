package hv.dist;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The jars with sources and Javadoc of each bundle. */
final class Documents {
    private final Workspace workspace;
    private final Jars jars;
    private final String classPath;

    Documents(Workspace workspace, Jars jars, List<Published> thirdParty) throws IOException {
        this.workspace = workspace;
        this.jars = jars;
        Stream<Path> own = workspace.published().stream().map(workspace::built);
        classPath = Stream.concat(own, thirdParty.stream().map(Published::jar))
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }

    void sources(String project, Path target) throws Exception {
        jars.pack(workspace.sources(project), target);
    }

    /** @param scratch made for it, and left */
    void javadoc(String project, Path scratch, Path target) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "-quiet",
                "-notimestamp",
                "--no-fonts",
                "-Xdoclint:none",
                "-encoding",
                "UTF-8",
                "-windowtitle",
                project,
                "-classpath",
                classPath,
                "-d",
                scratch.toString()));
        try (Stream<Path> files = Files.walk(workspace.sources(project))) {
            files.map(Path::toString)
                    .filter(file -> file.endsWith(".java"))
                    .sorted()
                    .forEach(arguments::add);
        }
        Jars.tool("javadoc", arguments.toArray(String[]::new));
        jars.pack(scratch, target);
    }
}
