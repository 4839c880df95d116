package hv.evmcs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A row of the published table, from {@code evmcs-v1.tsv}.
 *
 * @param offset byte offset in the page
 * @param bytes size
 * @param encoding VMCS encoding, -1 if the field has no encoding
 * @param group clean field group by its name, empty if none is defined
 * @param isReadOnly whether it is exit information
 * @param isUnmapped whether KVM has no use for it
 * @param name name for people
 */
record PublishedField(
        int offset, int bytes, int encoding, String group, boolean isReadOnly, boolean isUnmapped, String name) {
    static List<PublishedField> all() {
        try {
            return Files.readAllLines(Path.of("test", "hv", "evmcs", "evmcs-v1.tsv")).stream()
                    .filter(line -> !line.startsWith("#"))
                    .map(PublishedField::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static PublishedField parse(String line) {
        String[] columns = line.split("\t");
        List<String> group = List.of(columns[3].split(" "));
        String first = group.get(0);
        boolean hasNoGroup = first.equals("-") || first.equals("ALL") || first.equals("unmapped");
        return new PublishedField(
                Integer.decode(columns[0]),
                Integer.parseInt(columns[1]),
                columns[2].equals("-") ? -1 : Integer.decode(columns[2]),
                hasNoGroup ? "" : first,
                group.contains("read-only"),
                group.contains("unmapped"),
                columns[4]);
    }

    boolean isReserved() {
        return name.startsWith("(");
    }

    /** Whether an entry takes the field over when its group is dirty. */
    boolean isLoaded() {
        return !group.isEmpty() && !isReadOnly && !isUnmapped;
    }

    @Override
    public String toString() {
        return "0x%03x %s".formatted(offset, name);
    }
}
