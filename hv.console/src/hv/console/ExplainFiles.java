package hv.console;

import hv.api.enlightenment.Enlightenment;
import hv.explain.ExplainFile;
import hv.explain.ExplainFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/**
 * What bundles bring for people: each file {@code META-INF/hv/ID.explain}. One that cannot be read is a bundle's fault
 * and no reason to say nothing: it is logged, and the descriptor stays. Any thread.
 */
final class ExplainFiles {
    private static final String FOLDER = "META-INF/hv";
    private static final String SUFFIX = ".explain";

    private final Map<String, ExplainFile> files = new TreeMap<>();

    private ExplainFiles() {}

    /** Those of all bundles that are installed, by id. */
    static Map<String, ExplainFile> inBundles(BundleContext context) {
        ExplainFiles all = new ExplainFiles();
        for (Bundle bundle : context.getBundles()) {
            Enumeration<URL> found = bundle.findEntries(FOLDER, "*" + SUFFIX, false);
            for (URL url : found == null ? List.<URL>of() : Collections.list(found)) {
                all.read(bundle.getSymbolicName(), url);
            }
        }
        return all.files;
    }

    /** Those that lie beside the classes of these, by id. */
    static Map<String, ExplainFile> beside(Collection<Enlightenment> enlightenments) {
        ExplainFiles all = new ExplainFiles();
        for (Enlightenment each : enlightenments) {
            String id = each.descriptor().id();
            URL url = each.getClass().getResource("/" + FOLDER + "/" + id + SUFFIX);
            if (url != null) {
                all.read(each.getClass().getPackageName(), url);
            }
        }
        return all.files;
    }

    private void read(String bundle, URL url) {
        String name = url.getPath().substring(url.getPath().lastIndexOf('/') + 1);
        try (InputStream in = url.openStream()) {
            byte[] bytes = in.readNBytes(ExplainFile.MAX_BYTES + 1);
            String text = new String(bytes, StandardCharsets.UTF_8);
            files.put(name.substring(0, name.length() - SUFFIX.length()), ExplainFile.parse(name, text));
        } catch (IOException | ExplainFormatException e) {
            System.getLogger(ExplainFiles.class.getName())
                    .log(System.Logger.Level.WARNING, "%s in bundle %s: %s".formatted(name, bundle, e.getMessage()));
        }
    }
}
