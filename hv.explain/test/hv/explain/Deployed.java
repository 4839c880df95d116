package hv.explain;

import hv.api.enlightenment.Enlightenment;
import hv.api.host.Hypervisor;
import hv.partition.PartitionService;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** Every enlightenment of the workspace, with its explain file, and a hypervisor that has them all. */
final class Deployed {
    private static final Path WORKSPACE = Path.of("").toAbsolutePath().getParent();

    private final ClassLoader loader;

    Deployed() {
        List<URL> jars = new ArrayList<>();
        try (var folders = Files.newDirectoryStream(WORKSPACE, "hv.*")) {
            for (Path folder : folders) {
                Path jar = folder.resolve("generated").resolve(folder.getFileName() + ".jar");
                if (Files.exists(jar) && Files.exists(folder.resolve("explain"))) {
                    jars.add(jar.toUri().toURL());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        loader = new URLClassLoader(jars.toArray(URL[]::new), Deployed.class.getClassLoader());
    }

    List<Enlightenment> enlightenments() {
        return ServiceLoader.load(Enlightenment.class, loader).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparing(e -> e.descriptor().id()))
                .toList();
    }

    Hypervisor hypervisor() {
        return PartitionService.of(enlightenments());
    }

    /** The files as the bundles bring them. */
    Map<String, ExplainFile> files() {
        Map<String, ExplainFile> files = new TreeMap<>();
        for (Enlightenment enlightenment : enlightenments()) {
            String id = enlightenment.descriptor().id();
            try (InputStream in = loader.getResourceAsStream("META-INF/hv/" + id + ".explain")) {
                if (in != null) {
                    files.put(id, ExplainFile.parse(id, new String(in.readAllBytes(), StandardCharsets.UTF_8)));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (ExplainFormatException e) {
                throw new AssertionError(e);
            }
        }
        return files;
    }

    Handbook handbook() {
        return new Handbook(enlightenments(), files());
    }
}
