package hv.partition;

import hv.api.Release;
import hv.api.enlightenment.Enlightenment;
import hv.api.host.Hypervisor;
import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/**
 * The enlightenments of one jar, loaded on the module path while guests run, without OSGi: the jar becomes a module
 * layer of its own above that of {@code hv.partition}. A newer version takes the place of an older one under every
 * guest, as a newer bundle does in OSGi; what came of it is in {@link hv.api.host.Places#history}.
 *
 * <p>Any thread but a VP's.
 */
public final class EnlightenmentJar implements AutoCloseable {
    private final PartitionService service;
    private final List<Enlightenment> enlightenments;
    private final String origin;

    private EnlightenmentJar(PartitionService service, List<Enlightenment> enlightenments, String origin) {
        this.service = service;
        this.enlightenments = enlightenments;
        this.origin = origin;
    }

    /**
     * Loads a jar and has its enlightenments take their places; returns when they have, or were refused.
     *
     * @param hypervisor the one that {@link ServiceLoader} gave
     * @param jar a modular jar; its version is the manifest's {@code Bundle-Version}
     * @throws IOException if it cannot be read, is no module or offers no enlightenment, or what it requires is not
     *     there; one line that says which
     * @throws IllegalArgumentException if the hypervisor is another one
     * @throws IllegalStateException if {@code hv.partition} is not on the module path
     */
    public static EnlightenmentJar load(Hypervisor hypervisor, Path jar) throws IOException {
        if (!(hypervisor instanceof PartitionService service)) {
            throw new IllegalArgumentException(
                    "this hypervisor takes no jars: " + hypervisor.getClass().getName());
        }
        ModuleLayer below = EnlightenmentJar.class.getModule().getLayer();
        if (below == null) {
            throw new IllegalStateException("hv.partition is not on the module path, which has the layers");
        }
        List<Enlightenment> found = new ArrayList<>();
        String name;
        try {
            name = nameOf(jar);
            ModuleLayer layer = layer(below, jar, name);
            for (var provider :
                    ServiceLoader.load(layer, Enlightenment.class).stream().toList()) {
                // The layers below have their own.
                if (provider.type().getModule().getLayer() == layer) {
                    found.add(provider.get());
                }
            }
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IOException("%s cannot be loaded: %s".formatted(jar, e.getMessage()), e);
        }
        if (found.isEmpty()) {
            throw new IOException(jar + " offers no enlightenment");
        }
        String version = versionOf(jar);
        Release release = Release.of(version);
        EnlightenmentJar loaded = new EnlightenmentJar(service, List.copyOf(found), name + " " + version);
        found.forEach(enlightenment -> service.deploy(
                enlightenment, loaded.origin, release.major(), release.minor(), release.micro(), release.qualifier()));
        return loaded;
    }

    private static String nameOf(Path jar) throws IOException {
        Set<ModuleReference> modules = ModuleFinder.of(jar).findAll();
        if (modules.size() != 1) {
            throw new IOException(jar + " is no jar with a module");
        }
        return modules.iterator().next().descriptor().name();
    }

    private static ModuleLayer layer(ModuleLayer below, Path jar, String name) {
        Configuration configuration =
                below.configuration().resolve(ModuleFinder.of(jar), ModuleFinder.of(), Set.of(name));
        return below.defineModulesWithOneLoader(configuration, ClassLoader.getPlatformClassLoader());
    }

    private static String versionOf(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            Manifest manifest = file.getManifest();
            String version =
                    manifest == null ? null : manifest.getMainAttributes().getValue("Bundle-Version");
            return version == null ? "0.0.0" : version.strip();
        }
    }

    /** Module and version, as {@link hv.api.host.Places} tells who is in a place: {@code hv.time 0.1.1}. */
    public String origin() {
        return origin;
    }

    /**
     * Takes the enlightenments out again: those that were there before take their places back, or these are vacant
     * until others come.
     */
    @Override
    public void close() {
        enlightenments.forEach(service::withdraw);
    }
}
