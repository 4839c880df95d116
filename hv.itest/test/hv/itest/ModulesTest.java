package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The same jars as JPMS modules, without OSGi. */
class ModulesTest {
    @Test
    @DisplayName(
            "Module name = bundle symbolic name; it exports what the bundle exports and requires whose packages the bundle imports")
    void descriptorsAgreeWithManifests() throws Exception {
        Map<String, String> owners = new TreeMap<>();
        for (Path jar : jars()) {
            Manifest manifest = manifest(jar);
            String owner = manifest.getMainAttributes().getValue("Bundle-SymbolicName");
            packages(manifest, "Export-Package").forEach(exported -> owners.put(exported, owner));
        }
        for (Path jar : jars()) {
            Manifest manifest = manifest(jar);
            String name = manifest.getMainAttributes().getValue("Bundle-SymbolicName");
            ModuleDescriptor module =
                    ModuleFinder.of(jar).findAll().iterator().next().descriptor();
            assertEquals(name, module.name());
            assertFalse(module.isAutomatic(), name);
            boolean hasComponents = manifest.getMainAttributes().getValue("Service-Component") != null;
            assertEquals(
                    hasComponents, module.isOpen(), name + " is open to the component runtime if it has components");
            assertEquals(
                    packages(manifest, "Export-Package"),
                    module.exports().stream()
                            .map(ModuleDescriptor.Exports::source)
                            .collect(Collectors.toCollection(TreeSet::new)),
                    name);
            Set<String> requires = module.requires().stream()
                    .map(ModuleDescriptor.Requires::name)
                    .collect(Collectors.toSet());
            for (String imported : packages(manifest, "Import-Package")) {
                String owner = owners.getOrDefault(imported, imported);
                if (imported.startsWith("hv.") && !owner.equals(name)) {
                    assertTrue(requires.contains(owner), name + " imports " + imported + ", requires " + requires);
                }
            }
        }
    }

    @Test
    @DisplayName(
            "On the module path without OSGi, ServiceLoader finds the hypervisor and the hypervisor every enlightenment")
    void serviceLoader() throws Exception {
        List<Path> jars = new ArrayList<>();
        Set<String> enlightenments = new TreeSet<>();
        for (Path jar : jars()) {
            String capabilities = manifest(jar).getMainAttributes().getValue("Provide-Capability");
            if (capabilities != null && capabilities.contains("hv.enlightenment;hv.enlightenment=")) {
                enlightenments.add(manifest(jar).getMainAttributes().getValue("Bundle-SymbolicName"));
                jars.add(jar);
            }
            if (Set.of("hv.api.jar", "hv.flags.jar", "hv.partition.jar")
                    .contains(jar.getFileName().toString())) {
                jars.add(jar);
            }
        }
        ModuleFinder finder = ModuleFinder.of(jars.toArray(Path[]::new));
        Configuration configuration =
                ModuleLayer.boot().configuration().resolveAndBind(finder, ModuleFinder.of(), Set.of("hv.partition"));
        ModuleLayer layer = ModuleLayer.defineModulesWithOneLoader(
                        configuration, List.of(ModuleLayer.boot()), ClassLoader.getPlatformClassLoader())
                .layer();
        Class<?> service = layer.findLoader("hv.api").loadClass("hv.api.host.Hypervisor");
        Object hypervisor = ServiceLoader.load(layer, service).iterator().next();
        List<?> rows = (List<?>) service.getMethod("enlightenments").invoke(hypervisor);
        Set<String> origins = new TreeSet<>();
        for (Object row : rows) {
            origins.add((String) row.getClass().getMethod("bundle").invoke(row));
        }
        assertEquals(enlightenments, origins);
    }

    private static List<Path> jars() throws IOException {
        try (Stream<Path> files = Stream.concat(
                Files.list(Shipped.distribution().root().resolve("bundles")),
                Files.list(Shipped.distribution().root().resolve("console")))) {
            return files.filter(file -> file.getFileName().toString().startsWith("hv."))
                    .sorted()
                    .toList();
        }
    }

    private static Manifest manifest(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.getManifest();
        }
    }

    /** Names of the packages in a header; versions and directives are left out. */
    private static Set<String> packages(Manifest manifest, String header) {
        String value = manifest.getMainAttributes().getValue(header);
        Set<String> names = new TreeSet<>();
        if (value != null) {
            for (String clause : value.replaceAll("\"[^\"]*\"", "").split(",")) {
                names.add(clause.split(";")[0].strip());
            }
        }
        return names;
    }
}
