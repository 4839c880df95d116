package hv.console;

import hv.api.dto.EnlightenmentDTO;
import hv.api.enlightenment.RequiresGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What flags require, through all that these require, in one line each; what was not given is marked. */
final class RequiresChain {
    private final RequiresGraph<EnlightenmentDTO> graph;
    private final Set<String> enabled;

    private RequiresChain(List<EnlightenmentDTO> rows, List<String> enabled) {
        this.graph = RequiresGraph.of(rows, row -> List.of(row.id()), EnlightenmentDTO::requires);
        this.enabled = new TreeSet<>(enabled);
    }

    /** The lines; those that another line holds are left out. */
    static List<String> of(List<EnlightenmentDTO> deployed, List<String> enabled) {
        RequiresChain chain = new RequiresChain(deployed, enabled);
        Set<String> inner = new TreeSet<>();
        for (String id : enabled) {
            List<String> closure = chain.graph.closure(id);
            inner.addAll(closure.subList(1, closure.size()));
        }
        List<String> lines = new ArrayList<>();
        for (String id : enabled) {
            if (!inner.contains(id) && chain.graph.closure(id).size() > 1) {
                lines.add(chain.line(id, true));
            }
        }
        return lines;
    }

    private String line(String id, boolean isOuter) {
        List<EnlightenmentDTO> rows = graph.providers(id);
        String flag = (rows.isEmpty() ? "hv-" + id : rows.get(0).flag()) + (enabled.contains(id) ? "" : " (missing)");
        List<String> next = rows.stream()
                .flatMap(row -> graph.requires(row).stream())
                .distinct()
                .map(other -> line(other, false))
                .toList();
        if (next.isEmpty()) {
            return flag;
        }
        String rest = String.join(", ", next);
        return flag + " -> " + (next.size() == 1 || isOuter ? rest : "(" + rest + ")");
    }
}
