package hv.console;

import hv.api.dto.EnlightenmentDTO;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What flags require, through all that these require, in one line each; what was not given is marked. */
final class RequiresChain {
    private final Map<String, EnlightenmentDTO> deployed = new TreeMap<>();
    private final Set<String> enabled;

    private RequiresChain(List<EnlightenmentDTO> rows, List<String> enabled) {
        rows.forEach(row -> deployed.put(row.id(), row));
        this.enabled = new TreeSet<>(enabled);
    }

    /** The lines; those that another line holds are left out. */
    static List<String> of(List<EnlightenmentDTO> deployed, List<String> enabled) {
        RequiresChain chain = new RequiresChain(deployed, enabled);
        Set<String> inner = new TreeSet<>();
        for (String id : enabled) {
            inner.addAll(chain.requires(id));
        }
        List<String> lines = new ArrayList<>();
        for (String id : enabled) {
            if (!inner.contains(id) && !chain.requires(id).isEmpty()) {
                lines.add(chain.line(id, true));
            }
        }
        return lines;
    }

    private List<String> requires(String id) {
        EnlightenmentDTO row = deployed.get(id);
        return row == null ? List.of() : row.requires();
    }

    private String line(String id, boolean isOuter) {
        EnlightenmentDTO row = deployed.get(id);
        String flag = (row == null ? "hv-" + id : row.flag()) + (enabled.contains(id) ? "" : " (missing)");
        List<String> next =
                requires(id).stream().map(other -> line(other, false)).toList();
        if (next.isEmpty()) {
            return flag;
        }
        String rest = String.join(", ", next);
        return flag + " -> " + (next.size() == 1 || isOuter ? rest : "(" + rest + ")");
    }
}
