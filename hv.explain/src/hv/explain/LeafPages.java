package hv.explain;

import hv.api.CpuidRegister;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.HypercallSpec;
import hv.api.enlightenment.MsrRange;
import hv.api.enlightenment.Privilege;
import hv.explain.Page.Row;
import hv.explain.Page.Section;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What there is to say about a leaf of CPUID, and about a bit or field in one. Immutable. */
final class LeafPages {
    private static final Pattern PLACE = Pattern.compile(
            "(?:cpuid[ ._]?)?(?:leaf[ ._]?)?(?:0x)?(4000[0-9a-f]{4})h?[.:, ]?(e[abcd]x)(?:[\\[:., ]{1,2}(?:bit )?(\\d{1,2})\\]?)?",
            Pattern.CASE_INSENSITIVE);

    private static final Comparator<Known> BY_POSITION = Comparator.comparingInt(
            known -> Integer.numberOfTrailingZeros(known.place().mask()));

    private static final String NOBODY = "no QEMU flag sets it";

    /** What is set whenever Hyper-V is announced, whichever flag does that. */
    private static final Set<String> ALWAYS = Set.of("0x40000003.EAX[5]", "0x40000003.EDX[3]");

    private static final Set<Integer> ALWAYS_LEAVES = Set.of(0x4000_0000, 0x4000_0001, 0x4000_0002, 0x4000_0005);

    private final List<Known> bits = new ArrayList<>();
    private final Map<String, List<Known>> byName = new HashMap<>();
    private final Map<Long, Leaf> leaves = new TreeMap<>();

    private record Leaf(String name, String about) {}

    /**
     * A bit or a field.
     *
     * @param place where it is, and what it is called here
     * @param flags that set it; empty if none does
     * @param uses MSRs and calls that it opens
     * @param otherNames of Linux, QEMU and older texts
     */
    private record Known(CpuidBits place, Set<String> flags, Set<String> uses, Set<String> otherNames) {}

    LeafPages(Collection<? extends Enlightenment> enlightenments) {
        for (String[] row : Facts.table("leaves.txt", 3)) {
            leaves.put(Numbers.parse(row[0]).orElseThrow(), new Leaf(row[1], row[2]));
        }
        for (Enlightenment enlightenment : enlightenments) {
            Traces.of(enlightenment)
                    .places()
                    .forEach(place ->
                            known(place).flags().add(enlightenment.descriptor().flag()));
        }
        List<Known> finer = facts(List.copyOf(bits));
        for (Enlightenment enlightenment : enlightenments) {
            addUses(enlightenment.descriptor());
        }
        for (String[] row : Facts.table("msrs.txt", 5)) {
            find(row[3]).ifPresent(known -> known.uses().add("MSR " + row[0] + "  " + row[2]));
        }
        for (String[] row : Facts.table("bitnames.txt", 4)) {
            find(row[0] + "." + row[1] + "[" + row[2] + "]")
                    .ifPresent(known -> known.otherNames().addAll(List.of(row[3].split(" "))));
        }
        for (Known known : Stream.concat(bits.stream(), finer.stream()).toList()) {
            Set<String> names = new LinkedHashSet<>(known.otherNames());
            names.add(known.place().name());
            names.forEach(name -> byName.computeIfAbsent(name.toLowerCase(Locale.ROOT), unused -> new ArrayList<>())
                    .add(known));
        }
    }

    /** The same place with other values, and the same bits under another name, are one. */
    private Known known(CpuidBits place) {
        return bits.stream()
                .filter(other -> Traces.isSamePlace(other.place(), place))
                .findFirst()
                .orElseGet(() -> {
                    Known added = new Known(place, new LinkedHashSet<>(), new LinkedHashSet<>(), new LinkedHashSet<>());
                    bits.add(added);
                    return added;
                });
    }

    /**
     * Adds what belongs to nobody; gives what is a part of somebody's field, which has a name of its own all the
     * same.
     */
    private List<Known> facts(List<Known> owned) {
        List<Known> finer = new ArrayList<>();
        for (CpuidBits fact : BitNames.facts()) {
            Optional<Known> owner = owned.stream()
                    .filter(known -> isOverlap(known.place(), fact))
                    .findFirst();
            if (owner.isPresent()) {
                finer.add(new Known(fact, owner.get().flags(), new LinkedHashSet<>(), new LinkedHashSet<>()));
            } else {
                known(fact).otherNames().add(fact.name());
            }
        }
        return finer;
    }

    private static boolean isOverlap(CpuidBits one, CpuidBits other) {
        boolean isSameRegister = one.leaf() == other.leaf() && one.register() == other.register();
        return isSameRegister && one.mask() != other.mask() && (one.mask() & other.mask()) != 0;
    }

    private void addUses(Descriptor descriptor) {
        for (MsrRange range : descriptor.msrs()) {
            place(range.privilege())
                    .ifPresent(known -> known.uses().add("MSR 0x%08x  %s".formatted(range.first(), range.name())));
        }
        for (HypercallSpec call : descriptor.hypercalls()) {
            place(call.privilege())
                    .ifPresent(known -> known.uses().add("call 0x%04x  %s".formatted(call.code(), call.name())));
        }
    }

    private Optional<Known> place(Privilege privilege) {
        return privilege.rule() == Privilege.Rule.NONE
                ? Optional.empty()
                : find(new CpuidBits(privilege.leaf(), privilege.register(), privilege.mask(), 0, "").where());
    }

    private Optional<Known> find(String where) {
        return bits.stream()
                .filter(known -> known.place().where().equals(where))
                .findFirst();
    }

    /** Names of leaves, bits and fields. */
    List<String> names() {
        return Stream.of(
                        leaves.values().stream().map(Leaf::name),
                        bits.stream().map(known -> known.place().name()),
                        bits.stream().flatMap(known -> known.otherNames().stream()))
                .flatMap(names -> names)
                .distinct()
                .toList();
    }

    /** The name of the bit that is there, in parentheses; empty if there is none. */
    String nameOf(String where) {
        return find(where).map(known -> " (" + known.place().name() + ")").orElse("");
    }

    /** Whether some flag sets it. */
    boolean isSetByFlags(String where) {
        return find(where).filter(known -> !origin(known).equals(NOBODY)).isPresent();
    }

    /** A leaf by its number: all of its bits. */
    Optional<Section> numbered(long number) {
        return Optional.ofNullable(leaves.get(number)).map(leaf -> page(number, leaf));
    }

    private Section page(long number, Leaf leaf) {
        EnlightenmentPages.Rows rows = new EnlightenmentPages.Rows();
        rows.add("holds", leaf.about());
        for (CpuidRegister register : CpuidRegister.values()) {
            bits.stream()
                    .filter(known ->
                            known.place().leaf() == number && known.place().register() == register)
                    .sorted(BY_POSITION)
                    .forEach(known -> rows.add(
                            register.name(),
                            "%s  %s, %s"
                                    .formatted(
                                            position(known.place()),
                                            known.place().name(),
                                            origin(known))));
        }
        return new Section("CPUID leaf 0x%08x %s".formatted(number, leaf.name()), rows.all());
    }

    /** A place as 0x40000003.EAX[15], a bit or a whole register. */
    Optional<Section> place(String text) {
        Matcher matcher = PLACE.matcher(text.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long leaf = Long.parseLong(matcher.group(1), 16);
        CpuidRegister register = CpuidRegister.valueOf(matcher.group(2).toUpperCase(Locale.ROOT));
        int mask = matcher.group(3) == null ? -1 : mask(Integer.parseInt(matcher.group(3)));
        List<Known> there = bits.stream()
                .filter(known -> known.place().leaf() == leaf
                        && known.place().register() == register
                        && (known.place().mask() & mask) != 0)
                .toList();
        if (there.isEmpty() || mask == 0) {
            return Optional.empty();
        }
        return Optional.of(
                there.size() == 1
                        ? page(there)
                        : new Section(
                                "0x%08x.%s".formatted(leaf, register),
                                there.stream()
                                        .map(known -> new Row(
                                                position(known.place()),
                                                known.place().name() + ", " + origin(known)))
                                        .toList()));
    }

    private static int mask(int bit) {
        return bit < Integer.SIZE ? 1 << bit : 0;
    }

    /** A leaf, bit or field by any of its names. */
    Optional<Section> named(String name) {
        List<Known> found = byName.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
        if (!found.isEmpty()) {
            return Optional.of(page(found));
        }
        return leaves.entrySet().stream()
                .filter(entry -> entry.getValue().name().equalsIgnoreCase(name))
                .findFirst()
                .map(entry -> page(entry.getKey(), entry.getValue()));
    }

    private static Section page(List<Known> found) {
        EnlightenmentPages.Rows rows = new EnlightenmentPages.Rows();
        for (Known known : found) {
            rows.add("CPUID", known.place().where());
            rows.add("flag", origin(known));
            known.uses().forEach(use -> rows.add("opens", use));
            known.otherNames().stream()
                    .filter(name -> !name.equals(known.place().name()))
                    .forEach(name -> rows.add("also called", name));
        }
        return new Section("CPUID bit " + found.get(0).place().name(), rows.all());
    }

    /** What a leaf says that holds these values: each bit that is set, and each field that is not zero. */
    Section decoded(long leaf, int... registers) {
        EnlightenmentPages.Rows rows = new EnlightenmentPages.Rows();
        for (CpuidRegister register : CpuidRegister.values()) {
            int value = registers[register.ordinal()];
            rows.add(register.name(), "0x%08x".formatted(value));
            bits.stream()
                    .filter(known -> known.place().leaf() == leaf
                            && known.place().register() == register
                            && (value & known.place().mask()) != 0)
                    .sorted(BY_POSITION)
                    .forEach(known -> rows.add(
                            "", position(known.place()) + "  " + known.place().name()));
        }
        String name = leaves.containsKey(leaf) ? " " + leaves.get(leaf).name() : "";
        return new Section("CPUID leaf 0x%08x%s".formatted(leaf, name), rows.all());
    }

    private static String position(CpuidBits place) {
        int low = Integer.numberOfTrailingZeros(place.mask());
        int high = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(place.mask());
        return low == high ? "bit " + low : "bits %d:%d".formatted(high, low);
    }

    private static String origin(Known known) {
        boolean isAlways = ALWAYS.contains(known.place().where())
                || ALWAYS_LEAVES.contains(known.place().leaf()) && known.flags().isEmpty();
        if (isAlways) {
            return "there whenever Hyper-V is announced";
        }
        return known.flags().isEmpty() ? NOBODY : String.join(" ", known.flags());
    }
}
