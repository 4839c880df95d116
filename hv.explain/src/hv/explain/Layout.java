package hv.explain;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * How one or more registers, or another word of 64 bits, are divided. Immutable.
 *
 * @param word the word's name if it is no MSR, else empty
 * @param msrs the MSRs that have this layout, with their TLFS names
 * @param forms one, or several of which the value of some bits selects one
 */
public record Layout(String word, Map<Integer, String> msrs, List<Form> forms) {
    /**
     * A division into fields.
     *
     * @param selector the bits that select this form; their name is what the form is called
     * @param selected the value they then have; without meaning if {@code selector} has no name
     * @param fields highest or lowest first, as written
     */
    public record Form(BitField selector, long selected, List<BitField> fields) {
        /** Copies the list. */
        public Form {
            Objects.requireNonNull(selector, "selector");
            fields = List.copyOf(fields);
        }

        /** Whether a register that holds {@code register} has this form. */
        public boolean fits(long register) {
            return selector.name().isEmpty() || selector.of(register) == selected;
        }
    }

    /** Copies the collections. */
    public Layout {
        Objects.requireNonNull(word, "word");
        msrs = Map.copyOf(new TreeMap<>(msrs));
        forms = List.copyOf(forms);
    }

    /** The form of a register that holds {@code register}: the first that fits, or the first of all. */
    Form form(long register) {
        return forms.stream().filter(form -> form.fits(register)).findFirst().orElse(forms.get(0));
    }
}
