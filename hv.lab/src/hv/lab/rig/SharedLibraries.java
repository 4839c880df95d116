package hv.lab.rig;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The shared libraries that programs of this machine load, as {@code ldd} tells. Inside they are put at the same paths,
 * so that the run-time starts there as it does here.
 */
final class SharedLibraries {
    private static final Pattern LINE = Pattern.compile("(?m)^\\s+(?:\\S+ => )?(/\\S+) \\(0x");

    private SharedLibraries() {}

    /** Paths of all that these programs and libraries need, but not those in {@code own}. */
    static Set<Path> of(List<Path> programs, Path own) throws UnusableException, InterruptedException {
        HostCommand ldd = HostCommand.require("ldd", "libc-bin");
        List<String> arguments = new ArrayList<>();
        programs.forEach(program -> arguments.add(program.toString()));
        Set<Path> found = paths(ldd.run(own, arguments));
        found.removeIf(path -> path.startsWith(own) || !Files.exists(path));
        return found;
    }

    static Set<Path> paths(String printed) {
        Set<Path> paths = new TreeSet<>();
        Matcher matcher = LINE.matcher(printed);
        while (matcher.find()) {
            paths.add(Path.of(matcher.group(1)));
        }
        return paths;
    }
}
