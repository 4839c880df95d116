package hv.explain;

import java.util.List;
import java.util.Objects;

/**
 * What a descriptor does not say of a hypercall. Immutable.
 *
 * @param code call code, 0x0001 to 0xFFFF
 * @param name the TLFS name
 * @param input the parts of its input, as they lie in memory
 * @param answers statuses with what brings them about
 */
public record CallNotes(int code, String name, List<Page.Row> input, List<Page.Row> answers) {
    /** Copies the lists. */
    public CallNotes {
        Objects.requireNonNull(name, "name");
        input = List.copyOf(input);
        answers = List.copyOf(answers);
    }
}
