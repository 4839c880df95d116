package hv.launcher.connect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.framework.wiring.FrameworkWiring;

/** Shipped bundles in a real framework, with what was listed of them when the distribution was assembled. */
class ConnectorTest {
    private static final String NAME = "bundles/b.jar";
    private static final ClassLoader PROGRAM = Connector.class.getClassLoader();

    @TempDir
    Path root;

    private Path jar;
    private Inventory inventory;
    private Framework framework;

    @BeforeEach
    void assemble() throws IOException {
        jar = root.resolve(NAME);
        Files.createDirectories(jar.getParent());
        write("1.0.0", "first");
        inventory = Inventory.read(Inventory.of(root, List.of(NAME)));
    }

    @AfterEach
    void stop() throws Exception {
        if (framework != null) {
            framework.stop();
            framework.waitForStop(0);
        }
    }

    private void write(String version, String text) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
        manifest.getMainAttributes().putValue(Constants.BUNDLE_SYMBOLICNAME, "b");
        manifest.getMainAttributes().putValue(Constants.BUNDLE_VERSION, version);
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            out.putNextEntry(new JarEntry("text"));
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.putNextEntry(new JarEntry("long"));
            out.write(new byte[100_000]);
        }
    }

    private Connector connector() {
        return Connector.of(root, List.of(NAME), Optional.of(inventory));
    }

    private Bundle started(Connector connector) throws BundleException {
        framework = new FrameworkFactory()
                .newFramework(
                        Map.of(
                                Constants.FRAMEWORK_STORAGE,
                                root.resolve("cache").toString()),
                        connector);
        framework.start();
        Bundle bundle = framework.getBundleContext().installBundle(connector.locationOf(jar));
        bundle.start();
        return bundle;
    }

    private static String text(Bundle bundle) throws IOException {
        return new String(bundle.getEntry("text").openStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static ClassLoader loader(Bundle bundle) {
        return bundle.adapt(BundleWiring.class).getClassLoader();
    }

    @Test
    @DisplayName("A bundle as it was assembled has the program's class loader, and all its files")
    void connected() throws Exception {
        Bundle bundle = started(connector());
        assertSame(PROGRAM, loader(bundle));
        assertEquals("first", text(bundle));
        assertEquals(100_000, bundle.getEntry("long").openStream().readAllBytes().length);
        assertEquals("1.0.0", bundle.getVersion().toString());
    }

    @Test
    @DisplayName("When it is updated, what its file holds by then counts")
    void updated() throws Exception {
        Bundle bundle = started(connector());
        write("1.0.1", "second");
        bundle.update();
        assertEquals("1.0.1", bundle.getVersion().toString());
        assertEquals("second", text(bundle));
        assertNotSame(PROGRAM, loader(bundle));
    }

    @Test
    @DisplayName("When it is installed again, what its file holds by then counts")
    void installedAgain() throws Exception {
        Connector connector = connector();
        Bundle bundle = started(connector);
        bundle.uninstall();
        write("1.0.1", "second");
        Bundle again = framework.getBundleContext().installBundle(connector.locationOf(jar));
        again.start();
        assertEquals("second", text(again));
        assertNotSame(PROGRAM, loader(again));
    }

    @Test
    @DisplayName("When it is resolved again, its classes are its own, since what it imports may be another's")
    void refreshed() throws Exception {
        Bundle bundle = started(connector());
        java.util.concurrent.CountDownLatch refreshed = new java.util.concurrent.CountDownLatch(1);
        framework.adapt(FrameworkWiring.class).refreshBundles(Set.of(bundle), event -> refreshed.countDown());
        refreshed.await();
        assertNotSame(PROGRAM, loader(bundle));
        assertEquals("first", text(bundle));
    }

    @Test
    @DisplayName("A jar that has changed since, one more, and one less: all bundles are read from their files")
    void changed() throws Exception {
        assertEquals(
                "reference:" + jar.toUri(),
                Connector.of(root, List.of(NAME, "bundles/c.jar"), Optional.of(inventory))
                        .locationOf(jar));
        assertEquals(
                "reference:" + jar.toUri(),
                Connector.of(root, List.of(), Optional.of(inventory)).locationOf(jar));
        write("1.0.0", "other");
        Bundle bundle = started(connector());
        assertNotSame(PROGRAM, loader(bundle));
        assertEquals("other", text(bundle));
    }
}
