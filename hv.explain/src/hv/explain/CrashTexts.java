package hv.explain;

import hv.explain.Page.Section;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The parameters of a crash, as QEMU, QMP, libvirt, KVM, Windows and its debugger print them: five with names, or a
 * marker and numbers behind it. Immutable.
 */
final class CrashTexts implements TextReader {
    private static final int MOST = 5;

    private static final String NUMBER = "(0x)?([0-9a-f](?:[0-9a-f`]{0,20}))\\b";

    /** arg1 to arg5 of QMP and libvirt; of the debugger, which counts the parameters behind the code. */
    private static final Pattern ARGUMENT =
            Pattern.compile("(['\"]?)\\barg([1-5])['\"]?\\s{0,4}[:=]\\s{0,4}['\"]?" + NUMBER, Pattern.CASE_INSENSITIVE);

    /** CRASH_P0 to P4 of MSRs, in any spelling, and BUGCHECK_CODE and P1 to P4 of the debugger. */
    private static final Pattern REGISTER = Pattern.compile(
            "\\b(?:hv_(?:x64_)?(?:msr_|register_)?)?(?:crash_?|bugcheck_)?(code|p[0-4])\\b(?:\\s{0,4}[:=]|\\s{1,4}(?:is )?)\\s{0,4}"
                    + NUMBER,
            Pattern.CASE_INSENSITIVE);

    /** The MSRs themselves, as KVM's trace points and logs write them. */
    private static final Pattern MSR = Pattern.compile(
            "(?:0x)?4000010([0-4])\\b(?:\\s{0,4}[:=]|\\s+data|\\s+to)\\s{0,4}" + NUMBER, Pattern.CASE_INSENSITIVE);

    private static final Pattern MARKER = Pattern.compile(
            "(?:crash parameters|hv crash|hyperv: crash|\\bcrash|\\bstop(?: code| error)?|bug ?check(?: string| code| was)?|bugcheckcode"
                    + "|the bugcheck was|error code)\\s{0,3}[:=]?\\s{0,3}[({<]?\\s{0,3}(?=(?:0x)?[0-9a-f]{1,16}\\b)",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern LISTED =
            Pattern.compile("[\\s,;(){}<>\\[\\]'\"]{0,8}" + NUMBER, Pattern.CASE_INSENSITIVE);

    /** The debugger's head line: NAME (code). */
    private static final Pattern HEAD =
            Pattern.compile("\\b([A-Z][A-Z0-9]{1,30}(?:_[A-Z0-9]{1,30}){1,12})\\s{0,3}\\(([0-9a-fA-F]{1,8})\\)");

    private static final Pattern NAME = Pattern.compile("\\b[A-Z][A-Z0-9]{1,30}(?:[_ ][A-Z0-9]{1,30}){1,12}\\b");

    private final CrashPages crashes;

    CrashTexts(CrashPages crashes) {
        this.crashes = crashes;
    }

    @Override
    public List<Section> read(String text) {
        Optional<long[]> found = Stream.<Optional<long[]>>of(
                        debugger(text), arguments(text), named(text, REGISTER), named(text, MSR), listed(text))
                .flatMap(Optional::stream)
                .findFirst();
        if (found.isPresent()) {
            long[] numbers = found.get();
            Optional<Section> page = numbers.length == 1 ? crashes.code(numbers[0]) : Optional.empty();
            boolean isNothing = numbers.length == 1 && page.isEmpty();
            return isNothing ? List.of() : List.of(page.orElseGet(() -> crashes.report(numbers)));
        }
        return stopName(text);
    }

    /** {@code NAME (code)} with Arg1 to Arg4 behind it. */
    private Optional<long[]> debugger(String text) {
        Matcher head = HEAD.matcher(text);
        while (head.find()) {
            OptionalLong code = Numbers.hex(head.group(2));
            if (crashes.codeOf(head.group(1)).isPresent() && code.isPresent()) {
                Collected collected = new Collected();
                collected.put(0, code.getAsLong());
                Matcher argument = ARGUMENT.matcher(text).region(head.end(), text.length());
                while (argument.find()) {
                    int index = Integer.parseInt(argument.group(2));
                    Numbers.hex(argument.group(4)).ifPresent(value -> collected.put(index, value));
                }
                return collected.all();
            }
        }
        return Optional.empty();
    }

    /** QMP writes decimal numbers, libvirt hexadecimal ones with 0x. */
    private static Optional<long[]> arguments(String text) {
        Collected collected = new Collected();
        Matcher argument = ARGUMENT.matcher(text);
        while (argument.find()) {
            String digits = (argument.group(3) == null ? "" : "0x") + argument.group(4);
            int index = Integer.parseInt(argument.group(2)) - 1;
            Numbers.parse(digits).ifPresent(value -> collected.put(index, value));
        }
        return collected.all();
    }

    private static Optional<long[]> named(String text, Pattern pattern) {
        Collected collected = new Collected();
        Matcher register = pattern.matcher(text);
        while (register.find()) {
            String name = register.group(1).toLowerCase(Locale.ROOT);
            int index = name.equals("code") ? 0 : name.charAt(name.length() - 1) - '0';
            Numbers.hex(register.group(3)).ifPresent(value -> collected.put(index, value));
        }
        return collected.count() > 1 ? collected.all() : Optional.empty();
    }

    /** A marker and up to five numbers. */
    private static Optional<long[]> listed(String text) {
        Matcher marker = MARKER.matcher(text);
        while (marker.find()) {
            Collected collected = new Collected();
            Matcher number = LISTED.matcher(text).region(marker.end(), text.length());
            for (int i = 0; i < MOST && number.lookingAt(); i++) {
                boolean isNumber =
                        number.group(1) != null || number.group(2).chars().anyMatch(Character::isDigit);
                OptionalLong value = isNumber ? Numbers.hex(number.group(2)) : OptionalLong.empty();
                if (value.isEmpty()) {
                    break;
                }
                collected.put(i, value.getAsLong());
                number.region(number.end(), text.length());
            }
            if (collected.all().isPresent()) {
                return collected.all();
            }
        }
        return Optional.empty();
    }

    /** A blue screen that names the bug check, with blanks or underscores. */
    private List<Section> stopName(String text) {
        Matcher name = NAME.matcher(text);
        while (name.find()) {
            Optional<Section> page = crashes.named(name.group());
            if (page.isPresent()) {
                return List.of(page.get());
            }
        }
        return List.of();
    }

    /** Up to five numbers, each in its place; one without the first is none. */
    private static final class Collected {
        private final long[] numbers = new long[MOST];
        private int seen;

        void put(int index, long value) {
            if (index < MOST && (seen & 1 << index) == 0) {
                numbers[index] = value;
                seen |= 1 << index;
            }
        }

        int count() {
            return Integer.bitCount(seen);
        }

        /** Those from the first to the last that was seen without a gap. */
        Optional<long[]> all() {
            int length = Integer.numberOfTrailingZeros(~seen);
            return length == 0 ? Optional.empty() : Optional.of(java.util.Arrays.copyOf(numbers, length));
        }
    }
}
