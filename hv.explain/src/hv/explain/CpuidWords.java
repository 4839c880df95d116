package hv.explain;

import hv.api.CpuidRegister;
import hv.api.enlightenment.CpuidBits;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Leaves that are told in words: what kernels print of them when they start, and what the program cpuid makes of them
 * without -r. Used once, line by line.
 */
final class CpuidWords {
    private static final int FEATURES = 0x4000_0003;
    private static final int HINTS = 0x4000_0004;
    private static final int LIMITS = 0x4000_0005;
    private static final int NESTED = 0x4000_000A;

    private static final Pattern LINUX =
            Pattern.compile("hyper-v: (?:privilege flags|features)\\b(.{0,300})", Pattern.CASE_INSENSITIVE);
    private static final Pattern LINUX_NESTED =
            Pattern.compile("hyper-v: nested features:? (?:0x)?([0-9a-f]{1,8})\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern LINUX_LIMITS = Pattern.compile(
            "hyper-v: max ([0-9]{1,9}) virtual processors, ([0-9]{1,9}) physical", Pattern.CASE_INSENSITIVE);
    private static final Pattern PAIR =
            Pattern.compile("\\b(low|high|ext|hints|misc)[: ]{1,2}(?:0x)?([0-9a-f]{1,8})\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern FIRST =
            Pattern.compile("^[: ]{0,3}(?:0x)?([0-9a-f]{1,8})\\b", Pattern.CASE_INSENSITIVE);

    private static final Pattern KVM_TRACE = Pattern.compile(
            "func (4[0-9a-f]{7}) (?:idx [0-9a-f]{1,8} )?rax ([0-9a-f]{1,8}) rbx ([0-9a-f]{1,8}) rcx ([0-9a-f]{1,8}) rdx ([0-9a-f]{1,8})\\b");

    private static final Pattern FREEBSD = Pattern.compile("Hyper-V Version: ");
    private static final Pattern FREEBSD_LINE =
            Pattern.compile("\\b(PM Features|Features3|Features)=0x([0-9a-f]{1,8})[< \\[]?");

    private static final Pattern HEAD = Pattern.compile(
            "^ {0,8}[a-z_][a-z _]{3,60}\\((0x4000000[0-9a-f])(?:/e([abcd])x)?\\) ?[:=] ?(?:\"(.{0,12})\")?.{0,40}$",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern NAMED = Pattern.compile(
            "^ {0,12}(\\S.{2,70}?) {0,60}= {1,4}(true|false|0x[0-9a-f]{1,8})\\b.{0,40}$", Pattern.CASE_INSENSITIVE);
    private static final Pattern VERSION = Pattern.compile("^ {0,12}(?:version|interface) {0,20}= \"(.{1,4})\"");

    private final CpuidLines lines;
    private final Map<String, CpuidBits> byName = new HashMap<>();
    private boolean isFreeBsd;
    private int leaf;

    CpuidWords(CpuidLines lines) {
        this.lines = lines;
        for (String[] row : Facts.table("cpuidtool.txt", 4)) {
            CpuidBits bits = BitNames.fact(row);
            byName.put(key(bits.leaf(), bits.name()), bits);
        }
    }

    private static String key(int leaf, String name) {
        return leaf + " " + name.toLowerCase(Locale.ROOT);
    }

    /** Whether the line is one of these. */
    boolean read(String line) {
        return linux(line) || trace(line) || freeBsd(line) || program(line);
    }

    private boolean trace(String line) {
        Matcher trace = KVM_TRACE.matcher(line);
        if (!trace.find()) {
            return false;
        }
        for (CpuidRegister register : CpuidRegister.values()) {
            lines.put(hex(trace.group(1)), register.ordinal(), hex(trace.group(2 + register.ordinal())));
        }
        return true;
    }

    private boolean linux(String line) {
        Matcher nested = LINUX_NESTED.matcher(line);
        if (nested.find()) {
            lines.put(NESTED, CpuidRegister.EAX.ordinal(), hex(nested.group(1)));
            return true;
        }
        Matcher limits = LINUX_LIMITS.matcher(line);
        if (limits.find()) {
            lines.put(LIMITS, CpuidRegister.EAX.ordinal(), Integer.parseInt(limits.group(1)));
            lines.put(LIMITS, CpuidRegister.EBX.ordinal(), Integer.parseInt(limits.group(2)));
            return true;
        }
        Matcher flags = LINUX.matcher(line);
        if (!flags.find()) {
            return false;
        }
        lines.remark("Linux prints some registers only; of the others nothing is known");
        Matcher first = FIRST.matcher(flags.group(1));
        if (first.find()) {
            lines.put(FEATURES, CpuidRegister.EAX.ordinal(), hex(first.group(1)));
        }
        Matcher pair = PAIR.matcher(flags.group(1));
        while (pair.find()) {
            int value = hex(pair.group(2));
            switch (pair.group(1).toLowerCase(Locale.ROOT)) {
                case "low" -> lines.put(FEATURES, CpuidRegister.EAX.ordinal(), value);
                case "high" -> lines.put(FEATURES, CpuidRegister.EBX.ordinal(), value);
                case "ext" -> lines.put(FEATURES, CpuidRegister.ECX.ordinal(), value);
                case "misc" -> lines.put(FEATURES, CpuidRegister.EDX.ordinal(), value);
                default -> lines.put(HINTS, CpuidRegister.EAX.ordinal(), value);
            }
        }
        return true;
    }

    private boolean freeBsd(String line) {
        isFreeBsd |= FREEBSD.matcher(line).find();
        Matcher features = FREEBSD_LINE.matcher(line);
        if (!isFreeBsd || !features.find()) {
            return false;
        }
        CpuidRegister register = switch (features.group(1)) {
            case "Features" -> CpuidRegister.EAX;
            case "Features3" -> CpuidRegister.EDX;
            default -> CpuidRegister.ECX;
        };
        lines.put(FEATURES, register.ordinal(), hex(features.group(2)));
        lines.remark("FreeBSD prints some registers only; of the others nothing is known");
        return true;
    }

    /** A heading with a leaf, or a line below it. */
    private boolean program(String line) {
        Matcher head = HEAD.matcher(line);
        if (head.matches()) {
            leaf = hex(head.group(1).substring(2));
            if (head.group(3) != null) {
                vendor(head.group(3));
            }
            return true;
        }
        if (leaf == 0) {
            return false;
        }
        Matcher version = VERSION.matcher(line);
        if (leaf == 0x4000_0001 && version.find()) {
            lines.put(leaf, CpuidRegister.EAX.ordinal(), letters(version.group(1), 0));
            return true;
        }
        Matcher named = NAMED.matcher(line);
        CpuidBits bits = named.matches() ? byName.get(key(leaf, named.group(1))) : null;
        if (bits == null) {
            return false;
        }
        String value = named.group(2).toLowerCase(Locale.ROOT);
        int number = value.startsWith("0x") ? hex(value.substring(2)) : value.equals("true") ? 1 : 0;
        lines.merge(leaf, bits.register(), number << Integer.numberOfTrailingZeros(bits.mask()) & bits.mask());
        lines.remark("the program cpuid names most bits only; with -r it prints all");
        return true;
    }

    private void vendor(String name) {
        if (leaf == 0x4000_0000) {
            for (int i = 0; i < 3; i++) {
                lines.put(leaf, CpuidRegister.EBX.ordinal() + i, letters(name, 4 * i));
            }
        }
    }

    /** Four letters, the first in the lowest byte. */
    private static int letters(String text, int from) {
        int word = 0;
        for (int i = 0; i < Integer.BYTES && from + i < text.length(); i++) {
            word |= (text.charAt(from + i) & 0xFF) << Byte.SIZE * i;
        }
        return word;
    }

    private static int hex(String digits) {
        return Integer.parseUnsignedInt(digits, 16);
    }
}
