package hv.explain;

import hv.api.CpuidRegister;
import hv.api.CpuidTable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The hypervisor leaves in a dump of CPUID, as tools write them: {@code cpuid} with and without {@code -r}, AIDA64 and
 * InstLatX64, tables, a leaf and four words in a line, a leaf followed by lines as {@code EAX = 00002e7f}, and what
 * Linux and FreeBSD print of them when they start. Whatever else the text holds is passed over. Immutable.
 *
 * @param leaves 0x40000000 to 0x400000FF, as far as the dump has them, in order; of several CPUs the first one's
 * @param registers which registers of each leaf the dump has, EAX the lowest bit; the others are 0 in {@code leaves}
 * @param remarks what else is worth knowing, one line each
 */
public record CpuidDump(CpuidTable leaves, Map<Integer, Integer> registers, List<String> remarks) {
    /** Longest dump that is read: thousands of CPUs. */
    public static final int MAX_BYTES = 4 << 20;

    private static final int FIRST_LEAF = 0x4000_0000;
    private static final int LAST_LEAF = 0x4000_00FF;
    private static final int WORDS_OF_A_LEAF = 4;

    private static final int ALL = 0xF;

    /** Copies the collections. */
    public CpuidDump {
        registers = Map.copyOf(registers);
        remarks = List.copyOf(remarks);
    }

    /**
     * Reads a text file.
     *
     * @param in read up to {@link #MAX_BYTES}, not closed
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException with one line if it is too long or holds no hypervisor leaf
     */
    public static CpuidDump read(InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("a dump of CPUID has at most %d MiB".formatted(MAX_BYTES >> 20));
        }
        return parse(new String(bytes, charset(bytes)));
    }

    /** Windows' shell writes UTF-16 with a mark in front. */
    private static Charset charset(byte[] bytes) {
        boolean isMarked = bytes.length > 1
                && (bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xFE
                        || bytes[0] == (byte) 0xFE && bytes[1] == (byte) 0xFF);
        return isMarked ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8;
    }

    /**
     * Reads text.
     *
     * @throws IllegalArgumentException with one line if it holds no hypervisor leaf
     */
    public static CpuidDump parse(String text) {
        CpuidLines lines = new CpuidLines();
        text.lines().forEach(lines::line);
        return lines.finish();
    }

    /**
     * Reads words of a command line: four words of leaf 0x40000003, or a leaf and its four words.
     *
     * @throws IllegalArgumentException with one line if they are not
     */
    public static CpuidDump of(List<String> words) {
        if (words.size() != WORDS_OF_A_LEAF && words.size() != WORDS_OF_A_LEAF + 1) {
            throw new IllegalArgumentException(
                    "takes a file, four words of leaf 0x40000003, or a leaf and four words; not %d words"
                            .formatted(words.size()));
        }
        List<Integer> numbers = new ArrayList<>();
        for (String word : words) {
            OptionalLong number = Numbers.parse(word);
            if (number.isEmpty() || number.getAsLong() >>> Integer.SIZE != 0) {
                throw new IllegalArgumentException("takes words of 32 bits as 0x2e7f, not " + Quoted.of(word));
            }
            numbers.add((int) number.getAsLong());
        }
        boolean hasLeaf = words.size() > WORDS_OF_A_LEAF;
        int leaf = hasLeaf ? numbers.remove(0) : 0x4000_0003;
        if (leaf < FIRST_LEAF || leaf > LAST_LEAF) {
            throw new IllegalArgumentException(
                    "takes a leaf from 0x40000000 to 0x400000ff, not 0x%08x".formatted(leaf));
        }
        CpuidTable table = new CpuidTable(
                List.of(new CpuidTable.Leaf(leaf, numbers.get(0), numbers.get(1), numbers.get(2), numbers.get(3))));
        return new CpuidDump(
                table,
                Map.of(leaf, ALL),
                hasLeaf ? List.of() : List.of("taken for leaf 0x40000003; name another in front"));
    }

    /** Whether the dump has this register of this leaf. */
    boolean has(int leaf, CpuidRegister register) {
        return (registers.getOrDefault(leaf, 0) & 1 << register.ordinal()) != 0;
    }

    /** A register of a leaf of the dump; 0 for a leaf that is not there. */
    int get(int leaf, CpuidRegister register) {
        return leaves.get(leaf, register);
    }
}
