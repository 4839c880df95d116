package hv.explain;

import hv.explain.Page.Section;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Numbers of 32 or 64 bits in sentences that say nothing else that is known: registers, leaves, codes of Windows.
 * Immutable.
 */
final class CodesInText implements TextReader {
    private static final Pattern CODE = Pattern.compile("\\b0x([0-9a-f]{8}|[0-9a-f]{16})\\b", Pattern.CASE_INSENSITIVE);
    private static final int MOST = 8;

    private final NumberPages numbers;

    CodesInText(NumberPages numbers) {
        this.numbers = numbers;
    }

    @Override
    public List<Section> read(String text) {
        Set<Section> sections = new LinkedHashSet<>();
        Matcher code = CODE.matcher(text);
        while (sections.size() < MOST && code.find()) {
            sections.addAll(numbers.certain(Numbers.hex(code.group(1)).orElseThrow()));
        }
        return new ArrayList<>(sections);
    }
}
