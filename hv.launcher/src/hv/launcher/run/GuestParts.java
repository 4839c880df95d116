package hv.launcher.run;

import hv.flags.Shown;
import hv.guest.GuestPart;
import hv.guest.GuestPartException;
import hv.guest.GuestProgram;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.osgi.framework.Bundle;

/**
 * What the deployed bundles bring for our own guest: each file {@code META-INF/hv/ID.guest} is what a guest does with
 * enlightenment ID. Read from the bundles, whether they are started or not: a guest also shows what it was not offered.
 */
final class GuestParts {
    private static final String FOLDER = "META-INF/hv";
    private static final String SUFFIX = ".guest";
    private static final int MOST_BYTES = 1 << 20;

    private final Map<String, GuestPart> parts = new TreeMap<>();

    /**
     * Reads and compiles them.
     *
     * @throws IOException if one cannot be read or compiled; names the bundle
     */
    GuestParts(Bundle... bundles) throws IOException {
        for (Bundle bundle : bundles) {
            Enumeration<URL> found = bundle.findEntries(FOLDER, "*" + SUFFIX, false);
            for (URL url : found == null ? List.<URL>of() : Collections.list(found)) {
                read(bundle, url);
            }
        }
    }

    private void read(Bundle bundle, URL url) throws IOException {
        String path = url.getPath();
        String id = path.substring(path.lastIndexOf('/') + 1, path.length() - SUFFIX.length());
        try (InputStream in = url.openStream()) {
            // In a bundle it is packed: how long it is, is known when it is read.
            byte[] text = in.readNBytes(MOST_BYTES + 1);
            if (text.length > MOST_BYTES) {
                throw new IOException("%s.guest in bundle %s: longer than %d bytes"
                        .formatted(Shown.word(id), bundle.getSymbolicName(), MOST_BYTES));
            }
            parts.put(id, GuestPart.parse(id, new String(text, StandardCharsets.UTF_8)));
        } catch (GuestPartException e) {
            throw new IOException(
                    "%s.guest in bundle %s: %s".formatted(id, bundle.getSymbolicName(), e.getMessage()), e);
        }
    }

    /** The program, which takes it for a failure if one of {@code enabled} is not offered to it. */
    GuestProgram program(Collection<String> enabled) {
        Set<String> expected = new HashSet<>(enabled);
        expected.retainAll(parts.keySet());
        return GuestProgram.of(new ArrayList<>(parts.values()), expected);
    }
}
