package hv.fuzz.file;

import hv.explain.Handbook;
import hv.explain.Page;
import hv.fuzz.target.Effort;
import hv.fuzz.target.Finding;
import hv.fuzz.target.Product;
import hv.fuzz.target.Target;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A question to {@code explain}, or a text that somebody pasted. Has to hold: it is answered in lines that a terminal
 * can show and not too many of them, or refused in one.
 */
public final class ExplainTarget implements Target {
    private static final int MOST_MILLIS = 1_000;
    private static final int MOST_SECTIONS = 100;
    private static final int MOST_BYTES = 64 << 20;

    private final Handbook handbook;
    private final Effort effort = new Effort();

    /** With everything deployed. */
    public ExplainTarget(Product product) {
        handbook = new Handbook(product.enlightenments(), Map.of());
    }

    @Override
    public int run(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        effort.begin();
        answer(() -> handbook.explain(List.of(text.split("\n"))));
        answer(() -> handbook.explainText(text));
        effort.end("a question of %d bytes".formatted(input.length), MOST_MILLIS, MOST_BYTES);
        return 1;
    }

    private static void answer(Supplier<Page> question) {
        try {
            Page page = question.get();
            if (page.sections().size() > MOST_SECTIONS) {
                throw new Finding(
                        "an answer of %d sections".formatted(page.sections().size()));
            }
            for (Page.Section section : page.sections()) {
                OneLine.check("title", section.title());
                section.rows().forEach(row -> OneLine.check("row", row.toString()));
            }
        } catch (IllegalArgumentException e) {
            OneLine.check("refusal", e.getMessage());
        }
    }
}
