package hv.explain;

import hv.api.Flags;
import hv.api.Flags.Word;
import hv.api.HostFacts;
import hv.api.Vendor;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.FlagOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What an enlightenment leaves behind in CPUID: bits that tell that it is on, and fields that hold the value of a flag.
 * Found by asking the enlightenment itself, with one flag at a time.
 *
 * @param descriptor whose traces they are
 * @param bits always the same when it is on; empty if its flags carry values only
 * @param fields of flags with a value
 */
record Traces(Descriptor descriptor, List<CpuidBits> bits, List<Field> fields) {
    /** An Intel host whose APIC works: where every enlightenment shows all it can. */
    static final HostFacts HOST = HostFacts.builder(Vendor.INTEL, 2_600_000_000L, 1_000_000_000L)
            .everything()
            .build();

    /**
     * Where a flag's value is.
     *
     * @param option the flag
     * @param value the value it was asked with
     * @param bits what it then showed
     */
    record Field(FlagOption option, String value, List<CpuidBits> bits) {}

    static Traces of(Enlightenment enlightenment) {
        Descriptor descriptor = enlightenment.descriptor();
        List<Field> fields = new ArrayList<>();
        for (FlagOption option : descriptor.options()) {
            for (String value : values(option)) {
                List<CpuidBits> shown = enlightenment.cpuid(
                        new GivenFlags(Flags.of(Word.of(option.flag(), value)), Set.of(descriptor.id()), HOST));
                if (!shown.equals(descriptor.cpuid())) {
                    fields.add(new Field(option, value, shown));
                }
            }
        }
        return new Traces(descriptor, descriptor.cpuid(), fields);
    }

    private static List<String> values(FlagOption option) {
        return switch (option.kind()) {
            case SWITCH -> List.of("on");
            case NUMBER -> List.of("0");
            case TEXT -> List.of("?");
            // The first means "off".
            case CHOICE -> option.choices().subList(1, option.choices().size());
        };
    }

    /** Every place in CPUID that may hold something of it, each once. */
    List<CpuidBits> places() {
        List<CpuidBits> places = new ArrayList<>(bits);
        for (Field field : fields) {
            for (CpuidBits shown : field.bits()) {
                if (places.stream().noneMatch(place -> isSamePlace(place, shown))) {
                    places.add(shown);
                }
            }
        }
        return places;
    }

    static boolean isSamePlace(CpuidBits one, CpuidBits other) {
        return one.leaf() == other.leaf() && one.register() == other.register() && one.mask() == other.mask();
    }
}
