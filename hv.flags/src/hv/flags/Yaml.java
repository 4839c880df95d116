package hv.flags;

import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * YAML, and with it JSON, as maps, lists and plain values; bounded in depth and in what aliases make of it. Any thread.
 */
final class Yaml {
    private static final int DEEPEST = 64;
    private static final int MOST_ALIASES = 20;
    private static final int MOST_DOCUMENTS = 1_000;
    private static final int SMALLEST_BUFFER = 1024;
    private static final int LONGEST_MESSAGE = 120;

    private Yaml() {}

    /**
     * Reads all documents of a text.
     *
     * @throws UnusableTextException if it is no YAML, with one line that says where
     */
    static List<Object> documents(String text) throws UnusableTextException {
        LoadSettings settings = LoadSettings.builder()
                .setMaxAliasesForCollections(MOST_ALIASES)
                .setAllowRecursiveKeys(false)
                .setAllowDuplicateKeys(true)
                .setCodePointLimit(TextSource.MAX_BYTES)
                // Otherwise the reader copies all of a long word once for each buffer that it fills.
                .setBufferSize(Math.max(SMALLEST_BUFFER, text.length() + 1))
                .build();
        try {
            requireShallow(text, settings);
            List<Object> documents = new ArrayList<>();
            for (Object document : new Load(settings).loadAllFromString(text)) {
                if (documents.size() == MOST_DOCUMENTS) {
                    throw new UnusableTextException("there are more than " + MOST_DOCUMENTS + " documents");
                }
                new YamlSize(text.length()).require(document);
                documents.add(document);
            }
            return documents;
        } catch (YamlEngineException e) {
            String message = String.valueOf(e.getMessage()).replaceAll("[\\s\\p{Cntrl}]+", " ");
            throw new UnusableTextException("the YAML cannot be read: " + Shown.of(message.strip(), LONGEST_MESSAGE));
        }
    }

    /** The loader calls itself for each level; the parser does not. */
    private static void requireShallow(String text, LoadSettings settings) throws UnusableTextException {
        int depth = 0;
        for (Event event : new Parse(settings).parseString(text)) {
            switch (event.getEventId()) {
                case MappingStart, SequenceStart -> depth++;
                case MappingEnd, SequenceEnd -> depth--;
                default -> {}
            }
            if (depth > DEEPEST) {
                throw new UnusableTextException("the YAML is more than " + DEEPEST + " levels deep");
            }
        }
    }
}
