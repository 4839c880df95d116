package hv.oracle.compare;

import hv.lab.rig.UnusableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Differences that are as they should be, each with its reason. A line of the table has four columns between bars with
 * blanks around them: the kind of the difference, a pattern that is found in what hv says, one that is found in what
 * the program does, and the reason. Lines that begin with # are comments. Immutable.
 */
public final class Accepted {
    private static final Pattern COLUMN = Pattern.compile(" +\\| +");
    private static final int COLUMNS = 4;

    private record Row(Difference.Kind kind, Pattern hv, Pattern program, String reason) {}

    private final List<Row> rows;

    private Accepted(List<Row> rows) {
        this.rows = List.copyOf(rows);
    }

    /** Reads a table. */
    public static Accepted read(Path file) throws UnusableException {
        List<Row> rows = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    rows.add(row(line));
                }
            }
        } catch (IOException e) {
            throw new UnusableException("cannot read %s: %s".formatted(file, e), e);
        } catch (IllegalArgumentException e) {
            throw new UnusableException("cannot use %s: %s".formatted(file, e.getMessage()), e);
        }
        return new Accepted(rows);
    }

    private static Row row(String line) {
        String[] columns = COLUMN.split(line.strip(), COLUMNS);
        if (columns.length != COLUMNS) {
            throw new IllegalArgumentException("a line has four columns, not as this one: " + line);
        }
        try {
            return new Row(
                    Difference.Kind.valueOf(columns[0].strip()),
                    Pattern.compile(columns[1]),
                    Pattern.compile(columns[2]),
                    columns[3]);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** Why a difference is as it should be, if it is. */
    Optional<String> reason(Difference difference) {
        return rows.stream()
                .filter(row -> row.kind == difference.kind()
                        && row.hv.matcher(difference.hv()).find()
                        && row.program.matcher(difference.program()).find())
                .map(Row::reason)
                .findFirst();
    }
}
