package hv.oracle.input;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A configuration that is made of parts, any of which can be left out.
 *
 * @param form how parts become a text
 * @param parts that can be left out one by one
 */
public record Case(Form form, List<String> parts) {
    /** How parts become a text. */
    @FunctionalInterface
    public interface Form {
        /** The text. */
        String text(List<String> parts);
    }

    /** Copies the list. */
    public Case {
        parts = List.copyOf(parts);
    }

    /** The text as a user has it. */
    public String text() {
        return form.text(parts);
    }

    /** Has another frequency of the TSC wherever there is one: libvirt takes none but the host's. */
    public Case withTscHz(long hz) {
        return new Case(
                form,
                parts.stream()
                        .map(part -> part.replaceAll("2500000000|2\\.5G", String.valueOf(hz)))
                        .toList());
    }

    /** Leaves out one part, each in turn. */
    public List<Case> smaller() {
        return IntStream.range(0, parts.size())
                .mapToObj(left -> {
                    List<String> fewer = new ArrayList<>(parts);
                    fewer.remove(left);
                    return new Case(form, fewer);
                })
                .toList();
    }
}
