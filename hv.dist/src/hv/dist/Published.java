package hv.dist;

import aQute.bnd.osgi.Domain;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A bundle, and where its jar is.
 *
 * @param headers of its manifest
 */
record Published(Artifact artifact, Path jar, Domain headers) {
    private static final String ENLIGHTENMENT = "hv.enlightenment";

    Set<String> exports() {
        return headers.getExportPackage().keySet();
    }

    /** The enlightenments that it is. */
    Set<String> provides() {
        Set<String> ids = new TreeSet<>();
        headers.getProvideCapability().forEach((namespace, attributes) -> {
            if (namespace.replaceAll("~+$", "").equals(ENLIGHTENMENT)) {
                ids.add(attributes.get(ENLIGHTENMENT));
            }
        });
        return ids;
    }

    /** The enlightenments that it requires, each as the filter {@code (hv.enlightenment=ID)} says it. */
    Set<String> requires() {
        Set<String> ids = new TreeSet<>();
        headers.getRequireCapability().forEach((namespace, attributes) -> {
            if (namespace.replaceAll("~+$", "").equals(ENLIGHTENMENT)) {
                ids.add(attributes.get("filter:").replaceAll("^\\(hv\\.enlightenment=|\\)$", ""));
            }
        });
        return ids;
    }

    /** The packages that it imports, each with whether it can do without. */
    Map<String, Boolean> imports() {
        Map<String, Boolean> imports = new java.util.TreeMap<>();
        headers.getImportPackage()
                .forEach((name, attributes) -> imports.put(name, "optional".equals(attributes.get("resolution:"))));
        return imports;
    }

    String description() {
        return Optional.ofNullable(headers.get("Bundle-Description"))
                .or(() -> Optional.ofNullable(headers.get("Bundle-Name")))
                .orElse(artifact.id());
    }

    /** Licences as the manifest names them: SPDX's names, or addresses. */
    List<String> licences() {
        String header = headers.get("Bundle-License");
        return header == null ? List.of() : List.copyOf(new aQute.bnd.header.Parameters(header).keySet());
    }
}
