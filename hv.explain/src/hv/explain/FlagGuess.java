package hv.explain;

import hv.api.CpuidRegister;
import hv.api.CpuidTable;
import hv.api.Flags;
import hv.api.Flags.Word;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.FlagOption;
import hv.api.enlightenment.RequiresGraph;
import hv.api.host.Hypervisor;
import hv.api.host.Verdict;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Which flags made the leaves of a dump: an enlightenment is taken to be on if every bit it owns in the leaves that are
 * there has its value. The partition service then says what these flags give, so that what is left over can be told.
 * Immutable.
 *
 * @param verdict the flags and what they give; without flags if Hyper-V is not announced
 * @param remarks what does not fit, one line each
 */
public record FlagGuess(Verdict verdict, List<String> remarks) {
    private static final int LEAF_INTERFACE = 0x4000_0001;
    private static final int LEAF_LIMITS = 0x4000_0005;
    private static final int HV_1 = 0x3123_7648;

    /** Copies the list. */
    public FlagGuess {
        Objects.requireNonNull(verdict, "verdict");
        remarks = List.copyOf(remarks);
    }

    /** Works it out with the enlightenments that are deployed. */
    public static FlagGuess of(
            CpuidDump dump, Collection<? extends Enlightenment> enlightenments, Hypervisor hypervisor) {
        List<String> remarks = new ArrayList<>();
        if (dump.has(LEAF_INTERFACE, CpuidRegister.EAX) && dump.get(LEAF_INTERFACE, CpuidRegister.EAX) != HV_1) {
            remarks.add("Hyper-V is not announced: leaf 0x40000001 is not \"Hv#1\"");
            return new FlagGuess(hypervisor.check(Flags.NONE, Traces.HOST), remarks);
        }
        List<Traces> all = enlightenments.stream().map(Traces::of).toList();
        Map<String, Word> flags = new LinkedHashMap<>();
        for (Traces traces : all) {
            if (isOn(dump, traces.bits())) {
                flags.put(
                        traces.descriptor().flag(), Word.on(traces.descriptor().flag()));
            }
        }
        CpuidTable plain = plain(all, hypervisor);
        for (Traces traces : all) {
            for (Traces.Field field : traces.fields()) {
                value(dump, plain, field, remarks).ifPresent(word -> flags.putIfAbsent(word.name(), word));
            }
        }
        int limit = dump.get(LEAF_LIMITS, CpuidRegister.EAX);
        if (dump.has(LEAF_LIMITS, CpuidRegister.EAX) && limit != plain.get(LEAF_LIMITS, CpuidRegister.EAX)) {
            flags.put("x-hv-max-vps", Word.of("x-hv-max-vps", "0x" + Integer.toHexString(limit)));
        }
        addRequired(all, flags, remarks);
        Flags guessed = new Flags(List.copyOf(flags.values()));
        return new FlagGuess(hypervisor.check(guessed, Traces.HOST), remarks);
    }

    /** All that is there has its value, and something is there. */
    private static boolean isOn(CpuidDump dump, List<CpuidBits> bits) {
        List<CpuidBits> there =
                bits.stream().filter(b -> dump.has(b.leaf(), b.register())).toList();
        return !there.isEmpty()
                && there.stream().allMatch(b -> (dump.get(b.leaf(), b.register()) & b.mask()) == b.value());
    }

    /** The leaves of a guest that has one flag without a value, and so every field as it is when nobody sets it. */
    private static CpuidTable plain(List<Traces> all, Hypervisor hypervisor) {
        return all.stream()
                .filter(traces -> traces.fields().isEmpty()
                        && traces.descriptor().requires().isEmpty())
                .map(traces ->
                        hypervisor.check(Flags.of(Word.on(traces.descriptor().flag())), Traces.HOST))
                .filter(Verdict::starts)
                .map(Verdict::cpuid)
                .findFirst()
                .orElse(CpuidTable.EMPTY);
    }

    /** The flag that gives a field the value it has in the dump; empty if it has that value without. */
    private static Optional<Word> value(CpuidDump dump, CpuidTable plain, Traces.Field field, List<String> remarks) {
        List<CpuidBits> bits = field.bits();
        boolean isChanged = bits.stream()
                .anyMatch(b -> dump.has(b.leaf(), b.register())
                        && ((dump.get(b.leaf(), b.register()) ^ plain.get(b.leaf(), b.register())) & b.mask()) != 0);
        FlagOption option = field.option();
        if (!isChanged || option.kind() == FlagOption.Kind.SWITCH) {
            return Optional.empty();
        }
        CpuidBits first = bits.get(0);
        int number = (dump.get(first.leaf(), first.register()) & first.mask())
                >>> Integer.numberOfTrailingZeros(first.mask());
        return switch (option.kind()) {
            case SWITCH -> Optional.empty();
            case NUMBER -> Optional.of(Word.of(option.flag(), "0x" + Integer.toHexString(number)));
            case CHOICE ->
                bits.stream().anyMatch(b -> b.value() != 0) && isOn(dump, bits)
                        ? Optional.of(Word.of(option.flag(), field.value()))
                        : Optional.empty();
            case TEXT -> text(dump, bits, option, remarks);
        };
    }

    private static Optional<Word> text(CpuidDump dump, List<CpuidBits> bits, FlagOption option, List<String> remarks) {
        ByteBuffer bytes = ByteBuffer.allocate(bits.size() * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bits.forEach(b -> bytes.putInt(dump.get(b.leaf(), b.register())));
        String text = new String(bytes.array(), StandardCharsets.ISO_8859_1).replaceAll("\0+$", "");
        if (!text.matches("[ -+\\--~]*")) {
            remarks.add(option.flag() + " cannot say what is in " + bits.get(0).where());
            return Optional.empty();
        }
        return Optional.of(Word.of(option.flag(), text));
    }

    /** Adds what QEMU asks for besides; real Hyper-V, and other VMMs, do without. */
    private static void addRequired(List<Traces> all, Map<String, Word> flags, List<String> remarks) {
        RequiresGraph<Descriptor> graph =
                RequiresGraph.of(all.stream().map(Traces::descriptor).toList());
        for (Traces traces : all) {
            if (flags.containsKey(traces.descriptor().flag())) {
                addRequired(graph, traces.descriptor(), flags, remarks);
            }
        }
    }

    private static void addRequired(
            RequiresGraph<Descriptor> graph, Descriptor enabled, Map<String, Word> flags, List<String> remarks) {
        for (String id : graph.closure(enabled.id())) {
            for (Descriptor requiring : graph.providers(id)) {
                graph.requires(requiring).stream()
                        .flatMap(other -> graph.providers(other).stream())
                        .map(Descriptor::flag)
                        .filter(flag -> flags.putIfAbsent(flag, Word.on(flag)) == null)
                        .forEach(flag -> remarks.add("%s is added because %s requires it; its bits are not there"
                                .formatted(flag, requiring.flag())));
            }
        }
    }

    /** What the flags give and the dump does not have, one line each. */
    public List<String> missing(CpuidDump dump, Collection<? extends Enlightenment> enlightenments) {
        List<String> lines = new ArrayList<>();
        for (CpuidReading.Line line : CpuidReading.of(verdict, enlightenments).lines()) {
            CpuidBits bits = line.bits();
            boolean isOneBit = Integer.bitCount(bits.mask()) == 1;
            if (dump.has(bits.leaf(), bits.register())
                    && isOneBit
                    && (dump.get(bits.leaf(), bits.register()) & bits.mask()) == 0) {
                String setter = line.origin().equals(CpuidReading.ALWAYS) ? "every set of flags" : line.origin();
                lines.add("%s %s is clear, which %s sets".formatted(bits.where(), bits.name(), setter));
            }
        }
        return lines;
    }
}
