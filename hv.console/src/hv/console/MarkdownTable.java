package hv.console;

import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.FlagOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The table of enlightenments in a Markdown document, as README.md, between two comments that mark its place. Any
 * thread.
 */
final class MarkdownTable {
    private static final String BEGIN = "<!-- enlightenments -->\n";
    private static final String END = "<!-- end -->";

    private MarkdownTable() {}

    /**
     * Writes the table of these enlightenments in place of the one that a document has.
     *
     * @throws UsageException if the document cannot be read or written, or has no place for the table
     */
    static void writeInto(String document, List<Enlightenment> enlightenments) {
        try {
            Path file = Path.of(document);
            String text = Files.readString(file);
            int begin = text.indexOf(BEGIN) + BEGIN.length();
            int end = text.indexOf(END, begin);
            if (begin < BEGIN.length() || end < 0) {
                throw new UsageException(
                        "list: %s has no place for the table: it begins behind a line %s and ends at %s"
                                .formatted(document, BEGIN.strip(), END));
            }
            Files.writeString(file, text.substring(0, begin) + of(enlightenments) + text.substring(end));
        } catch (NoSuchFileException e) {
            throw new UsageException("list: %s: there is no such file".formatted(document));
        } catch (IOException | InvalidPathException e) {
            throw new UsageException("list: %s: cannot be read and written: %s".formatted(document, e.getMessage()));
        }
    }

    private static String of(List<Enlightenment> enlightenments) {
        return enlightenments.stream()
                .map(MarkdownTable::row)
                .collect(Collectors.joining(
                        "\n",
                        "| flag | bundle | the guest ... | MSRs and calls | requires |\n|---|---|---|---|---|\n",
                        "\n"));
    }

    private static String row(Enlightenment enlightenment) {
        Descriptor descriptor = enlightenment.descriptor();
        String flags = descriptor.options().stream()
                .map(FlagOption::flag)
                .map(flag -> "`" + flag + "`")
                .collect(Collectors.joining(" "));
        return "| %s | `%s` | %s | %s | %s |"
                .formatted(
                        flags,
                        enlightenment.getClass().getPackageName(),
                        descriptor.benefit(),
                        surface(descriptor),
                        String.join(", ", descriptor.requires()));
    }

    private static String surface(Descriptor descriptor) {
        Stream<String> msrs = descriptor.msrs().stream()
                .map(range -> range.first() == range.last()
                        ? hex(range.first())
                        : hex(range.first()) + "-" + hex(range.last()));
        Stream<String> calls =
                descriptor.hypercalls().stream().map(call -> "%s (0x%04x)".formatted(call.name(), call.code()));
        return Stream.concat(msrs, calls).collect(Collectors.joining(", "));
    }

    private static String hex(int msr) {
        return "0x%08x".formatted(msr);
    }
}
