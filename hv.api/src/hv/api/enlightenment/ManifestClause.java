package hv.api.enlightenment;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One clause of a manifest's header, as "hv.enlightenment;hv.enlightenment=stimer;version:Version=1".
 *
 * @param name what it begins with
 * @param values attributes and directives by their names, without types and quotes
 */
record ManifestClause(String name, Map<String, String> values) {
    /** The clauses of a header: split at commas, and each of them at semicolons, that are not in quotes. */
    static List<ManifestClause> of(String header) {
        List<ManifestClause> clauses = new ArrayList<>();
        for (String clause : split(header, ',')) {
            List<String> parts = split(clause, ';');
            Map<String, String> values = new HashMap<>();
            for (String part : parts.subList(1, parts.size())) {
                int equals = part.indexOf('=');
                if (equals > 0) {
                    values.put(bare(part.substring(0, equals)), unquoted(part.substring(equals + 1)));
                }
            }
            clauses.add(new ManifestClause(parts.get(0).strip(), Map.copyOf(values)));
        }
        return clauses;
    }

    /** A name without the colon of a directive and without the type of an attribute. */
    private static String bare(String name) {
        int colon = name.indexOf(':');
        return (colon < 0 ? name : name.substring(0, colon)).strip();
    }

    private static String unquoted(String value) {
        return value.strip().replace("\"", "");
    }

    private static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        boolean isQuoted = false;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            isQuoted ^= text.charAt(i) == '"';
            if (!isQuoted && text.charAt(i) == separator) {
                parts.add(text.substring(from, i));
                from = i + 1;
            }
        }
        parts.add(text.substring(from));
        return parts;
    }
}
