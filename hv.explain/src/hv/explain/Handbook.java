package hv.explain;

import hv.api.enlightenment.Enlightenment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Answers what somebody asks about the interface, from the descriptors and explain files of the enlightenments that are
 * deployed and from the facts that belong to none. Made by tools that explain, as {@code ./hv explain}. Immutable; any
 * thread.
 */
public final class Handbook {
    private static final int LONGEST_QUESTION = 1000;
    private static final int CRASH_PARAMETERS = 5;

    private final EnlightenmentPages enlightenments;
    private final RegisterPages registers;
    private final CallPages calls;
    private final StatusPages statuses = new StatusPages();
    private final CrashPages crashes;
    private final Map<String, String> flags = new TreeMap<>();
    private final List<String> names;

    /**
     * Puts it together.
     *
     * @param enlightenments those that are deployed
     * @param files their explain files, by id; one that lacks a file is explained by its descriptor alone
     */
    public Handbook(Collection<? extends Enlightenment> enlightenments, Map<String, ExplainFile> files) {
        ExplainFile general = Facts.explainFile("interface.explain");
        this.enlightenments = new EnlightenmentPages(enlightenments, files);
        this.registers = new RegisterPages(enlightenments, files, general);
        this.calls = new CallPages(enlightenments, files, general, statuses);
        this.crashes = new CrashPages(general);
        Facts.table("flags.txt", 2).forEach(row -> flags.put(row[0], row[1]));
        this.names = Stream.of(
                        this.enlightenments.names(),
                        flags.keySet(),
                        registers.names(),
                        calls.names(),
                        statuses.names(),
                        crashes.names())
                .flatMap(Collection::stream)
                .toList();
    }

    /**
     * Explains an enlightenment or a flag, an MSR by number or name and, behind {@code =}, a value of it, a hypercall
     * by code or name, a control word or result, a status, a bug check code, or the five parameters of a crash.
     *
     * @param words what was asked, as words of a command line
     * @throws IllegalArgumentException with one line if that is nothing known
     */
    public Page explain(List<String> words) {
        String question = String.join(" ", words).strip();
        if (question.isEmpty() || question.length() > LONGEST_QUESTION) {
            throw new IllegalArgumentException("explain takes a name or a number of at most %d characters, not %d"
                    .formatted(LONGEST_QUESTION, question.length()));
        }
        String[] parts = Arrays.stream(question.split("[\\s(),;]+"))
                .filter(part -> !part.isEmpty())
                .toArray(String[]::new);
        if (parts.length == CRASH_PARAMETERS) {
            return new Page(List.of(crashes.report(numbers(parts))));
        }
        if (parts.length != 1) {
            throw new IllegalArgumentException(
                    "explain takes one name or number, or the five parameters of a crash, not " + Quoted.of(question));
        }
        List<Page.Section> sections = sections(parts[0]);
        if (sections.isEmpty()) {
            throw new IllegalArgumentException("nothing is known about " + Quoted.of(parts[0]) + hint(parts[0]));
        }
        return new Page(sections);
    }

    private List<Page.Section> sections(String part) {
        int equals = part.indexOf('=');
        if (equals >= 0) {
            String value = part.substring(equals + 1);
            long number = Numbers.parse(value)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "explain takes a number as 0x30009 behind =, not " + Quoted.of(value)));
            return valued(part.substring(0, equals), number);
        }
        OptionalLong number = Numbers.parse(part);
        return number.isPresent() ? numbered(number.getAsLong()) : named(part);
    }

    private List<Page.Section> valued(String name, long value) {
        return switch (name) {
            case "control" -> List.of(calls.control(value));
            case "result" -> List.of(calls.result(value));
            default -> registers.decoded(name, value).stream().toList();
        };
    }

    private List<Page.Section> numbered(long number) {
        List<Page.Section> sections = new ArrayList<>();
        registers.numbered(number).ifPresent(sections::add);
        if (!sections.isEmpty()) {
            return sections;
        }
        calls.numbered(number).ifPresent(sections::add);
        statuses.numbered(number).ifPresent(sections::add);
        crashes.code(number).ifPresent(sections::add);
        if (Long.compareUnsigned(number, 0xFFFF) > 0 && sections.isEmpty()) {
            sections.addAll(calls.words(number));
        }
        return sections;
    }

    private List<Page.Section> named(String name) {
        List<Page.Section> sections = new ArrayList<>();
        enlightenments.named(name).ifPresent(sections::add);
        String flag = name.replace('_', '-');
        if (flags.containsKey(flag)) {
            sections.add(new Page.Section(flag, List.of(new Page.Row("does", flags.get(flag)))));
        }
        registers.named(name).ifPresent(sections::add);
        calls.named(name).ifPresent(sections::add);
        statuses.named(name).ifPresent(sections::add);
        crashes.named(name).ifPresent(sections::add);
        return sections;
    }

    private String hint(String name) {
        String bare = name.contains("=") ? name.substring(0, name.indexOf('=')) : name;
        return Nearest.to(bare, names)
                .map(near -> "; did you mean " + near + "?")
                .orElse("");
    }

    /** Every name that can be asked about: flags, MSRs, calls, statuses, bug checks. */
    public List<String> names() {
        return names;
    }

    private static long[] numbers(String... parts) {
        return Arrays.stream(parts)
                .mapToLong(part -> Numbers.parse(part)
                        .orElseThrow(() -> new IllegalArgumentException(
                                "explain takes five numbers for a crash, not " + Quoted.of(part))))
                .toArray();
    }
}
