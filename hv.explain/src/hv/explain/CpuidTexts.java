package hv.explain;

import hv.api.CpuidTable;
import hv.explain.Page.Section;
import java.util.List;
import java.util.regex.Pattern;

/** Leaves of CPUID in a log or dump: Linux' line about privilege flags, and leaves with their registers. Immutable. */
final class CpuidTexts implements TextReader {
    private static final Pattern MARK = Pattern.compile(
            "privilege flags low|4000000[0-9a-f]\\b[^\\r\\n]{0,40}\\beax\\s{0,4}[=:]", Pattern.CASE_INSENSITIVE);
    private static final int MOST = 16;

    private final LeafPages leaves;

    CpuidTexts(LeafPages leaves) {
        this.leaves = leaves;
    }

    @Override
    public List<Section> read(String text) {
        if (!MARK.matcher(text).find()) {
            return List.of();
        }
        try {
            return CpuidDump.parse(text).leaves().leaves().stream()
                    .limit(MOST)
                    .map(this::section)
                    .toList();
        } catch (IllegalArgumentException e) {
            return List.of();
        }
    }

    private Section section(CpuidTable.Leaf leaf) {
        return leaves.decoded(leaf.leaf(), leaf.eax(), leaf.ebx(), leaf.ecx(), leaf.edx());
    }
}
