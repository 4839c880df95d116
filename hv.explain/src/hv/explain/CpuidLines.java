package hv.explain;

import hv.api.CpuidRegister;
import hv.api.CpuidTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a dump line by line; used once. */
final class CpuidLines {
    private static final int FIRST_LEAF = 0x4000_0000;
    private static final int LAST_LEAF = 0x4000_00FF;
    private static final int LONGEST_LINE = 1000;
    private static final int WORDS_OF_A_LEAF = 4;

    /** A register and its value, with anything between that tables, XML and JSON put there. */
    private static final Pattern REGISTER = Pattern.compile(
            "\\be([abcd])x['\"]?(?:[ \\t]{0,8}[=:|,>]{1,2}[ \\t]{0,8}|[ \\t]{1,4}(?=0x|[0-9a-f]{8}\\b))['\"]?(?:0x)?([0-9a-f]{1,8})h?\\b",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern LEAF =
            Pattern.compile("(?<![0-9a-z])(?:0x([0-9a-f]{1,8})|([0-9a-f]{8}))h?(?![0-9a-z])", Pattern.CASE_INSENSITIVE);

    private static final Pattern WORD = Pattern.compile("(?:0x)?[0-9a-f]{1,8}h?", Pattern.CASE_INSENSITIVE);

    /** What stands between the words of a line: blanks, the lines of a table, InstLatX64's hyphens. */
    private static final Pattern BETWEEN = Pattern.compile("[\\s,:;|=()\\[\\]{}\"'\\u2502\\u2503-]+");

    private final Map<Integer, int[]> found = new TreeMap<>();
    // Which registers of a leaf have been seen, one bit each: a second sight is another CPU.
    private final Map<Integer, Integer> seen = new TreeMap<>();
    private final CpuidWords words = new CpuidWords(this);
    private final List<String> remarks = new ArrayList<>();
    private boolean differ;
    private int leaf;

    void line(String whole) {
        String line = whole.length() > LONGEST_LINE ? whole.substring(0, LONGEST_LINE) : whole;
        if (words.read(line)) {
            return;
        }
        Matcher register = REGISTER.matcher(line);
        if (!register.find()) {
            bareLine(line);
            return;
        }
        Matcher named = LEAF.matcher(line).region(0, register.start());
        if (named.find()) {
            leaf = leaf(named);
        }
        do {
            put(
                    leaf,
                    Character.toLowerCase(register.group(1).charAt(0)) - 'a',
                    Integer.parseUnsignedInt(register.group(2), 16));
        } while (register.find());
    }

    /** A line without names of registers: a leaf, its words, or the head of lines that follow. */
    private void bareLine(String line) {
        Matcher first = LEAF.matcher(line);
        if (!first.find()) {
            return;
        }
        leaf = leaf(first);
        List<String> run = new ArrayList<>();
        for (String word : BETWEEN.split(line.substring(first.end()).strip())) {
            boolean isWord = WORD.matcher(word).matches();
            if (!isWord && !word.isEmpty()) {
                break;
            }
            if (isWord) {
                run.add(word);
            }
        }
        // A subleaf may stand between the leaf and its words.
        int from = run.size() - WORDS_OF_A_LEAF;
        if (from == 0 || from == 1) {
            for (int i = 0; i < WORDS_OF_A_LEAF; i++) {
                put(leaf, i, Integer.parseUnsignedInt(run.get(from + i).replaceAll("^0[xX]|[hH]$", ""), 16));
            }
        }
    }

    private static int leaf(Matcher matcher) {
        return Integer.parseUnsignedInt(matcher.group(matcher.group(1) == null ? 2 : 1), 16);
    }

    /** A register of a leaf; what is no leaf of a hypervisor is passed over. */
    void put(int where, int register, int value) {
        if (where < FIRST_LEAF || where > LAST_LEAF) {
            return;
        }
        int[] registers = found.computeIfAbsent(where, unused -> new int[WORDS_OF_A_LEAF]);
        int before = seen.getOrDefault(where, 0);
        if ((before & 1 << register) != 0) {
            differ |= registers[register] != value;
            return;
        }
        seen.put(where, before | 1 << register);
        registers[register] = value;
    }

    /** Some bits of a register that is told in pieces. */
    void merge(int where, CpuidRegister register, int bits) {
        int[] registers = found.computeIfAbsent(where, unused -> new int[WORDS_OF_A_LEAF]);
        seen.merge(where, 1 << register.ordinal(), (one, other) -> one | other);
        registers[register.ordinal()] |= bits;
    }

    void remark(String remark) {
        if (!remarks.contains(remark)) {
            remarks.add(remark);
        }
    }

    CpuidDump finish() {
        if (found.isEmpty()) {
            throw new IllegalArgumentException(
                    "there is no leaf from 0x40000000 to 0x400000ff in it; lines as"
                            + " '0x40000003 0x00: eax=0x.. ebx=0x..' are read, tables, AIDA64's dumps and Linux' privilege flags");
        }
        if (differ) {
            remarks.add(0, "the CPUs in it differ; this is the first one");
        }
        List<CpuidTable.Leaf> leaves = new ArrayList<>();
        found.forEach((number, r) -> leaves.add(new CpuidTable.Leaf(number, r[0], r[1], r[2], r[3])));
        return new CpuidDump(new CpuidTable(leaves), seen, remarks);
    }
}
