package hv.explain;

import hv.api.enlightenment.Enlightenment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Answers what somebody asks about the interface, from the descriptors and explain files of the enlightenments that are
 * deployed and from the facts that belong to none. Made by tools that explain, as {@code ./hv explain}. Immutable; any
 * thread.
 */
public final class Handbook {
    /** The longest question, in characters: some screens of a log. */
    public static final int LONGEST_QUESTION = 1 << 16;

    private static final int CRASH_PARAMETERS = 5;
    private static final int MOST_NAMES = 16;

    /** One word that is a name, a number or a place, and no piece of a log. */
    private static final Pattern WORD = Pattern.compile("[^\\s(){}:\"']*");

    /** What people write in front of a number or a name. */
    private static final Pattern KIND = Pattern.compile(
            "^(?:(?:the|what is|explain|msr|cpuid|leaf|bit|flag|call|hypercall|status|ntstatus|hresult|error|code|value|synthetic)[ :]{1,4}){1,6}",
            Pattern.CASE_INSENSITIVE);

    private final EnlightenmentPages enlightenments;
    private final RegisterPages registers;
    private final LeafPages leaves;
    private final CallPages calls;
    private final StatusPages statuses = new StatusPages();
    private final WindowsCodes codes = new WindowsCodes(statuses);
    private final CrashPages crashes;
    private final NumberPages numbers;
    private final TraceTexts traces;
    private final OtherNames others = new OtherNames();
    private final List<TextReader> readers;
    private final TextReader last;
    private final Map<String, String> flags = new TreeMap<>();
    private final List<String> names;
    private final Nearest nearest;

    /**
     * Puts it together.
     *
     * @param enlightenments those that are deployed
     * @param files their explain files, by id; one that lacks a file is explained by its descriptor alone
     */
    public Handbook(Collection<? extends Enlightenment> enlightenments, Map<String, ExplainFile> files) {
        ExplainFile general = Facts.explainFile("interface.explain");
        this.enlightenments = new EnlightenmentPages(enlightenments, files);
        this.leaves = new LeafPages(enlightenments);
        this.registers = new RegisterPages(enlightenments, files, general, leaves);
        this.calls = new CallPages(enlightenments, files, general, statuses);
        this.crashes = new CrashPages(general, codes);
        this.numbers = new NumberPages(registers, leaves, calls, statuses, crashes, codes);
        this.traces = new TraceTexts(registers, calls, leaves);
        this.readers = List.of(
                traces, new MsrTexts(registers), new CpuidTexts(leaves), new MessageTexts(), new CrashTexts(crashes));
        this.last = new CodesInText(numbers);
        Facts.table("flags.txt", 2).forEach(row -> flags.put(row[0], row[1]));
        this.names = Stream.of(
                        this.enlightenments.names(),
                        flags.keySet(),
                        registers.names(),
                        calls.names(),
                        statuses.names(),
                        crashes.names(),
                        codes.names(),
                        leaves.names(),
                        traces.names(),
                        others.all())
                .flatMap(Collection::stream)
                .distinct()
                .toList();
        this.nearest = new Nearest(names);
    }

    /**
     * Explains an enlightenment or a flag, an MSR by number or name and, behind {@code =}, a value of it, a leaf of
     * CPUID, a bit in one, a hypercall by code or name, a control word or result, a status, a code of Windows, the five
     * parameters of a crash; and what is known in lines of a log: crashes, trace points, messages.
     *
     * @param words what was asked, as words of a command line, or one text of several lines
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
                .limit(MOST_NAMES + 1L)
                .toArray(String[]::new);
        if (parts.length == CRASH_PARAMETERS && Arrays.stream(parts).allMatch(NumberPages::isNumber)) {
            return new Page(List.of(crashes.report(parameters(parts))));
        }
        Optional<Page> whole = whole(question);
        if (whole.isPresent()) {
            return whole.get();
        }
        if (parts.length == CRASH_PARAMETERS && NumberPages.isNumber(parts[0])) {
            parameters(parts);
        }
        if (parts.length != 1) {
            return several(question, parts);
        }
        List<Page.Section> sections = sections(parts[0]);
        if (sections.isEmpty()) {
            throw new IllegalArgumentException(
                    "nothing is known about " + Quoted.of(parts[0]) + hint(parts[0]) + nothing(parts[0]));
        }
        return new Page(sections);
    }

    /**
     * Explains a text of several lines: what is known in it as a whole, else each line for itself. Of a text that is
     * longer than {@link #LONGEST_QUESTION} the end is read.
     *
     * @throws IllegalArgumentException with one line if nothing in it is known
     */
    public Page explainText(String text) {
        String whole = text.strip();
        if (whole.lines().limit(2).count() == 1) {
            return explain(List.of(whole));
        }
        // What counts in a log is at its end.
        String bounded = whole.substring(Math.max(0, whole.length() - LONGEST_QUESTION));
        Optional<Page> read = read(bounded);
        if (read.isPresent()) {
            return read.get();
        }
        List<Page.Section> sections = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        bounded.lines().filter(line -> !line.isBlank()).limit(MOST_NAMES).forEach(line -> {
            try {
                sections.addAll(explain(List.of(line)).sections());
            } catch (IllegalArgumentException e) {
                unknown.add(e.getMessage());
            }
        });
        if (sections.isEmpty()) {
            throw new IllegalArgumentException(
                    unknown.isEmpty()
                            ? "there is nothing in this text but blanks"
                            : "nothing is known in this text; its first line: " + unknown.get(0));
        }
        unknown.forEach(line -> sections.add(new Page.Section(line, List.of())));
        return new Page(sections);
    }

    /** A question as a whole: a name of several words, a place, or lines of a log. */
    private Optional<Page> whole(String question) {
        if (WORD.matcher(question).matches()) {
            return Optional.empty();
        }
        String bare = KIND.matcher(question).replaceFirst("");
        Optional<Page.Section> section =
                leaves.named(question).or(() -> leaves.place(bare)).or(() -> crashes.named(question));
        if (section.isPresent()) {
            return Optional.of(new Page(List.of(section.get())));
        }
        Optional<Page> read = read(question);
        if (read.isPresent() || bare.equals(question) || !WORD.matcher(bare).matches()) {
            return read;
        }
        List<Page.Section> sections = sections(bare);
        return sections.isEmpty() ? Optional.empty() : Optional.of(new Page(sections));
    }

    private Optional<Page> read(String text) {
        List<Page.Section> sections = new ArrayList<>();
        readers.forEach(reader -> sections.addAll(reader.read(text)));
        if (sections.isEmpty()) {
            sections.addAll(last.read(text));
        }
        return sections.isEmpty() ? Optional.empty() : Optional.of(new Page(sections));
    }

    /** Several names, each of which is known. */
    private Page several(String question, String... parts) {
        List<Page.Section> sections = new ArrayList<>();
        boolean isKnown = parts.length > 0 && parts.length <= MOST_NAMES;
        for (String part : isKnown ? parts : new String[0]) {
            List<Page.Section> found = part.contains("=") ? List.of() : named(part);
            isKnown &= !found.isEmpty();
            sections.addAll(found);
        }
        if (!isKnown) {
            throw new IllegalArgumentException(
                    "explain takes one name or number, or the five parameters of a crash, not " + Quoted.of(question)
                            + "; no message, crash or trace line that is known is in it");
        }
        return new Page(sections);
    }

    private List<Page.Section> sections(String part) {
        int equals = part.indexOf('=');
        if (equals >= 0) {
            return valued(part.substring(0, equals), part.substring(equals + 1));
        }
        List<Page.Section> sections = named(part);
        return sections.isEmpty() ? numbers.read(part) : sections;
    }

    private List<Page.Section> valued(String name, String value) {
        Optional<Page.Section> flag = enlightenments.valued(name, value);
        if (flag.isPresent()) {
            return List.of(flag.get());
        }
        String plain = name.replace('_', '-');
        if (flags.containsKey(plain)) {
            return named(name);
        }
        long number = number(value);
        return switch (name) {
            case "control" -> List.of(calls.control(number));
            case "result" -> List.of(calls.result(number));
            default -> registers.decoded(name, number).stream().toList();
        };
    }

    private static long number(String value) {
        OptionalLong plain = Numbers.parse(value);
        OptionalLong hex = plain.isPresent() ? plain : Numbers.hex(value);
        boolean isHex = !value.isEmpty() && Character.isLetterOrDigit(value.charAt(0));
        return (isHex ? hex : plain)
                .orElseThrow(() -> new IllegalArgumentException(
                        "explain takes a number as 0x30009 behind =, not " + Quoted.of(value)));
    }

    private List<Page.Section> named(String name) {
        List<Page.Section> sections = new ArrayList<>();
        enlightenments.named(name).ifPresent(sections::add);
        String flag = (name.startsWith("+") || name.startsWith("-") ? name.substring(1) : name).replace('_', '-');
        if (flags.containsKey(flag)) {
            sections.add(new Page.Section(flag, List.of(new Page.Row("does", flags.get(flag)))));
        }
        registers.named(name).ifPresent(sections::add);
        calls.named(name).ifPresent(sections::add);
        statuses.named(name).ifPresent(sections::add);
        crashes.named(name).or(() -> codes.named(name)).ifPresent(sections::add);
        if (sections.isEmpty()) {
            leaves.named(name)
                    .or(() -> leaves.place(name))
                    .or(() -> traces.named(name))
                    .ifPresent(sections::add);
        }
        if (sections.isEmpty()) {
            others.find(name).ifPresent(other -> sections.addAll(others(name, other)));
        }
        return sections;
    }

    private List<Page.Section> others(String name, OtherNames.Other other) {
        List<Page.Section> sections = new ArrayList<>();
        sections.add(new Page.Section(name, List.of(new Page.Row("is", other.here() + "; " + other.whose()))));
        sections.addAll(named(other.here()));
        return sections;
    }

    private String hint(String name) {
        String bare = name.contains("=") ? name.substring(0, name.indexOf('=')) : name;
        return nearest.to(bare).map(near -> "; did you mean " + near + "?").orElse("");
    }

    private static String nothing(String part) {
        return NumberPages.isNumber(part)
                ? ": it is no MSR, CPUID leaf, hypercall, control word of one, status, bug check or NTSTATUS that is known here"
                : "";
    }

    /** Every name that can be asked about: flags, MSRs, calls, statuses, bug checks, bits; some have blanks in them. */
    public List<String> names() {
        return names;
    }

    private static long[] parameters(String... parts) {
        return Arrays.stream(parts)
                .mapToLong(part -> Numbers.parse(part)
                        .orElseThrow(() -> new IllegalArgumentException(
                                "explain takes five numbers for a crash, not " + Quoted.of(part))))
                .toArray();
    }
}
