package hv.dist;

import aQute.bnd.osgi.FileResource;
import aQute.bnd.osgi.Jar;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.spi.ToolProvider;

/** The jars of a release. Same input, same bytes. */
final class Jars {
    /** Begins the names of what is beside a jar while it is in a workspace. */
    private static final String WORKSPACE = "../";

    private static final String DATE = "1980-02-01T00:00:00Z";

    private final Path root;

    /** Licence and notice are in {@code root}. */
    Jars(Path root) {
        this.root = root;
    }

    /** Writes a built bundle as that of a release; the version that it then has. */
    String release(Path built, Path target) throws Exception {
        String version;
        boolean isModule;
        try (Jar jar = new Jar(built.toFile())) {
            Attributes main = jar.getManifest().getMainAttributes();
            version = Release.of(main.getValue("Bundle-Version"));
            main.putValue("Bundle-Version", version);
            main.putValue("Implementation-Version", version);
            if (String.valueOf(main.getValue(Attributes.Name.CLASS_PATH)).contains(WORKSPACE)) {
                main.remove(Attributes.Name.CLASS_PATH);
            }
            isModule = jar.getResource("module-info.class") != null;
            write(jar, target);
        }
        if (isModule) {
            tool("jar", "--update", "--file=" + target, "--module-version=" + version, "--date=" + DATE);
        }
        return version;
    }

    /** Packs a folder. */
    void pack(Path folder, Path target) throws Exception {
        try (Jar jar = new Jar(target.getFileName().toString(), folder.toFile())) {
            jar.setManifest(new Manifest());
            write(jar, target);
        }
    }

    private void write(Jar jar, Path target) throws Exception {
        for (String name : new String[] {"LICENSE", "NOTICE"}) {
            jar.putResource("META-INF/" + name, new FileResource(root.resolve(name)));
        }
        jar.setReproducible("true");
        Files.createDirectories(target.getParent());
        jar.write(target.toFile());
    }

    /** Runs one of the JDK's tools, which tells what is wrong. */
    static void tool(String name, String... arguments) throws IOException {
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said);
        if (ToolProvider.findFirst(name).orElseThrow().run(out, out, arguments) != 0) {
            throw new IOException(name + ": " + said);
        }
    }
}
