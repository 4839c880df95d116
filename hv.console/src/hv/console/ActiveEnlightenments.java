package hv.console;

import hv.api.enlightenment.Enlightenment;
import hv.explain.ExplainFile;
import hv.explain.ExplainFormatException;
import hv.explain.Handbook;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * The enlightenments that are active, for commands that tell about them, and what their bundles bring for people: each
 * file {@code META-INF/hv/ID.explain}. Any thread.
 */
@Component(service = ActiveEnlightenments.class)
public final class ActiveEnlightenments {
    private static final String FOLDER = "META-INF/hv";
    private static final String SUFFIX = ".explain";

    private final BundleContext context;
    private final List<Enlightenment> enlightenments = new CopyOnWriteArrayList<>();

    /** For the component runtime. */
    @Activate
    public ActiveEnlightenments(BundleContext context) {
        this.context = context;
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addEnlightenment(Enlightenment enlightenment) {
        enlightenments.add(enlightenment);
    }

    void removeEnlightenment(Enlightenment enlightenment) {
        enlightenments.remove(enlightenment);
    }

    /** By id. */
    List<Enlightenment> all() {
        return enlightenments.stream()
                .sorted(Comparator.comparing(
                        enlightenment -> enlightenment.descriptor().id()))
                .toList();
    }

    /** What is known about them now. */
    Handbook handbook() {
        return new Handbook(all(), files());
    }

    private Map<String, ExplainFile> files() {
        Map<String, ExplainFile> files = new TreeMap<>();
        for (Bundle bundle : context.getBundles()) {
            Enumeration<URL> found = bundle.findEntries(FOLDER, "*" + SUFFIX, false);
            for (URL url : found == null ? List.<URL>of() : Collections.list(found)) {
                read(bundle, url, files);
            }
        }
        return files;
    }

    /**
     * A file that cannot be read is a bundle's fault and no reason to say nothing: it is logged, and the descriptor
     * stays.
     */
    private static void read(Bundle bundle, URL url, Map<String, ExplainFile> files) {
        String name = url.getPath().substring(url.getPath().lastIndexOf('/') + 1);
        try (InputStream in = url.openStream()) {
            byte[] bytes = in.readNBytes(ExplainFile.MAX_BYTES + 1);
            String text = new String(bytes, StandardCharsets.UTF_8);
            files.put(name.substring(0, name.length() - SUFFIX.length()), ExplainFile.parse(name, text));
        } catch (IOException | ExplainFormatException e) {
            System.getLogger(ActiveEnlightenments.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "%s in bundle %s: %s".formatted(name, bundle.getSymbolicName(), e.getMessage()));
        }
    }
}
