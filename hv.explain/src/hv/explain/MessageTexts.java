package hv.explain;

import hv.explain.Page.Row;
import hv.explain.Page.Section;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Messages of QEMU, libvirt, Proxmox and Linux about Hyper-V and its surroundings: what they mean and what to do.
 * Immutable.
 */
final class MessageTexts implements TextReader {
    private static final int MOST = 16;
    private static final int LONGEST_LINE = 4_000;

    private final List<Message> messages = new ArrayList<>();

    /**
     * A message.
     *
     * @param pieces what stands in it, in this order
     * @param rows what there is to say
     */
    private record Message(String says, List<String> pieces, List<Row> rows) {
        boolean isIn(String line) {
            int from = 0;
            for (String piece : pieces) {
                int at = line.indexOf(piece, from);
                if (at < 0) {
                    return false;
                }
                from = at + piece.length();
            }
            return true;
        }
    }

    MessageTexts() {
        for (String[] row : Facts.table("messages.txt", 2)) {
            switch (row[0]) {
                case "says" -> messages.add(new Message(row[1], pieces(row[1]), new ArrayList<>()));
                case "from" -> messages.get(messages.size() - 1).rows().add(new Row("from", row[1]));
                case "means" -> messages.get(messages.size() - 1).rows().add(new Row("means", row[1]));
                case "do" -> messages.get(messages.size() - 1).rows().add(new Row("what to do", row[1]));
                default -> throw new IllegalStateException("messages.txt: " + row[0]);
            }
        }
    }

    private static List<String> pieces(String says) {
        List<String> pieces = new ArrayList<>();
        for (String piece : says.toLowerCase(Locale.ROOT).split("\\*")) {
            if (!piece.isEmpty()) {
                pieces.add(piece);
            }
        }
        return pieces;
    }

    /** Messages as they are listed. */
    List<String> known() {
        return messages.stream().map(Message::says).toList();
    }

    @Override
    public List<Section> read(String text) {
        Set<Message> found = new LinkedHashSet<>();
        text.lines()
                .takeWhile(line -> found.size() < MOST)
                .forEach(line -> find(line).ifPresent(found::add));
        return found.stream()
                .map(message -> new Section("message \"" + message.says().replace("*", "...") + "\"", message.rows()))
                .toList();
    }

    private Optional<Message> find(String line) {
        String plain = line.substring(0, Math.min(line.length(), LONGEST_LINE))
                .toLowerCase(Locale.ROOT)
                .replace('\u2018', '\'')
                .replace('\u2019', '\'');
        return messages.stream().filter(message -> message.isIn(plain)).findFirst();
    }
}
