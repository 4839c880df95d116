package hv.testkit;

import hv.api.enlightenment.Enlightenment;
import hv.api.host.Hypervisor;
import hv.partition.PartitionService;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/**
 * A hypervisor with every enlightenment that the workspace has built, for tests that are about all of them. Made by one
 * test, or by the tests of one class; what it gives is for any thread.
 */
public final class Deployed implements AutoCloseable {
    private static final Path WORKSPACE = Path.of("..");

    private final URLClassLoader bundles;
    private final Hypervisor hypervisor;

    /**
     * Looks into the folders beside the one that the tests run in.
     *
     * @throws IOException if they cannot be listed
     */
    public Deployed() throws IOException {
        bundles = new URLClassLoader(jars(), Deployed.class.getClassLoader());
        hypervisor = PartitionService.of(enlightenments());
    }

    /** All of them, new objects each time. */
    public List<Enlightenment> enlightenments() {
        return ServiceLoader.load(Enlightenment.class, bundles).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }

    private static URL[] jars() throws IOException {
        List<URL> jars = new ArrayList<>();
        try (Stream<Path> folders = Files.list(WORKSPACE)) {
            for (Path folder : folders.sorted().toList()) {
                Path jar = folder.resolve("generated").resolve(folder.getFileName() + ".jar");
                if (Files.exists(jar)) {
                    jars.add(jar.toUri().toURL());
                }
            }
        }
        return jars.toArray(URL[]::new);
    }

    /** The hypervisor. */
    public Hypervisor hypervisor() {
        return hypervisor;
    }

    @Override
    public void close() throws IOException {
        bundles.close();
    }
}
