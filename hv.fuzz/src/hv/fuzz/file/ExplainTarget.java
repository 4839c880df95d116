package hv.fuzz.file;

import hv.explain.Handbook;
import hv.explain.Page;
import hv.fuzz.target.Effort;
import hv.fuzz.target.Product;
import hv.fuzz.target.Target;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** A question to {@code explain}. Has to hold: it is answered in lines that a terminal can show, or refused in one. */
public final class ExplainTarget implements Target {
    private static final int MOST_MILLIS = 1_000;
    private static final int MOST_BYTES = 64 << 20;

    private final Handbook handbook;
    private final Effort effort = new Effort();

    /** With everything deployed. */
    public ExplainTarget(Product product) {
        handbook = new Handbook(product.enlightenments(), Map.of());
    }

    @Override
    public int run(byte[] input) {
        List<String> words = List.of(new String(input, StandardCharsets.UTF_8).split("\n"));
        effort.begin();
        try {
            Page page = handbook.explain(words);
            for (Page.Section section : page.sections()) {
                OneLine.check("title", section.title());
                section.rows().forEach(row -> OneLine.check("row", row.toString()));
            }
        } catch (IllegalArgumentException e) {
            OneLine.check("refusal", e.getMessage());
        }
        effort.end("a question of %d bytes".formatted(input.length), MOST_MILLIS, MOST_BYTES);
        return 1;
    }
}
