package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** An embedder with a VMM of his own takes the devices and loaders of hv.machine, and no hv.kvm. */
class DevicesWithoutKvmTest {
    private final Path bundles = Shipped.distribution().root().resolve("bundles");
    private final Path machine = bundles.resolve("hv.machine.jar");

    private List<String> classes() throws IOException {
        try (JarFile jar = new JarFile(machine.toFile())) {
            return jar.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.matches("hv/machine/(device|boot|acpi)/\\w+(\\$\\w+)*\\.class"))
                    .map(name ->
                            name.substring(0, name.length() - ".class".length()).replace('/', '.'))
                    .toList();
        }
    }

    @Test
    @DisplayName(
            "With hv.api and hv.machine alone every device, loader and ACPI table links; the machine on KVM does not")
    void link() throws Exception {
        URL[] path = {
            bundles.resolve("hv.api.jar").toUri().toURL(), machine.toUri().toURL()
        };
        try (URLClassLoader loader = new URLClassLoader(path, ClassLoader.getPlatformClassLoader())) {
            List<String> names = classes();
            assertFalse(names.isEmpty());
            for (String name : names) {
                Class<?> linked = Class.forName(name, true, loader);
                linked.getDeclaredMethods();
                linked.getDeclaredConstructors();
                linked.getDeclaredFields();
            }
            Class<?> onKvm = loader.loadClass("hv.machine.Machine");
            assertThrows(NoClassDefFoundError.class, onKvm::getDeclaredFields);
        }
    }

    @Test
    @DisplayName(
            "In a container without hv.kvm the bundle resolves: it imports hv.kvm's packages only if they are there")
    void optional() throws IOException {
        try (JarFile jar = new JarFile(machine.toFile())) {
            String imports = jar.getManifest().getMainAttributes().getValue("Import-Package");
            List<String> needed = List.of(imports.split(",(?=[a-z])")).stream()
                    .filter(entry -> entry.startsWith("hv.kvm") && !entry.contains("resolution:=optional"))
                    .toList();
            assertEquals(List.of(), needed);
        }
    }
}
