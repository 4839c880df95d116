package hv.replay;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import hv.flags.Shown;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The fields of one line: a JSON object whose values are texts, numbers, lists and objects. Every getter checks what it
 * finds and says what it wants instead. Immutable.
 */
final class Fields {
    private static final int MAX_DEPTH = 8;

    /** Far more than the vectors of all interrupts. */
    static final int MAX_VALUES = 4_096;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(BoundedLines.MAX_CHARS)
                    .maxNumberLength(32)
                    .build())
            .build();

    private final Map<?, ?> values;

    private Fields(Map<?, ?> values) {
        this.values = values;
    }

    /**
     * Reads a line.
     *
     * @throws BadLineException if it is not one JSON object
     */
    static Fields parse(String line) throws BadLineException {
        try (JsonParser parser = JSON.createParser(line)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new BadLineException("not a JSON object: '" + Shown.word(line) + "'");
            }
            Fields fields = new Fields(new Values(parser).object());
            if (parser.nextToken() != null) {
                throw new BadLineException("something stands behind the JSON object");
            }
            return fields;
        } catch (JsonProcessingException e) {
            throw new BadLineException("not JSON: " + Shown.word(firstLine(e.getOriginalMessage())));
        } catch (IOException e) {
            throw new BadLineException("cannot be read: " + e.getMessage());
        }
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }

    /** Makes values of a line, and counts them: a few characters become an object of ten times their size. */
    private static final class Values {
        private final JsonParser parser;
        private int count;

        Values(JsonParser parser) {
            this.parser = parser;
        }

        Map<String, Object> object() throws IOException, BadLineException {
            Map<String, Object> object = new LinkedHashMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                parser.nextToken();
                object.put(name, value());
            }
            return object;
        }

        private Object value() throws IOException, BadLineException {
            if (++count > MAX_VALUES) {
                throw new BadLineException("the line has more than " + MAX_VALUES + " values");
            }
            return switch (parser.currentToken()) {
                case START_OBJECT -> object();
                case START_ARRAY -> {
                    List<Object> list = new ArrayList<>();
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        list.add(value());
                    }
                    yield list;
                }
                case VALUE_NUMBER_INT -> parser.getBigIntegerValue();
                default -> parser.getText();
            };
        }
    }

    /**
     * These fields, overlaid by those of the object {@code alternative} in the object {@code field}, where there is
     * one.
     */
    Fields overlaidBy(String field, String alternative) {
        if (!(values.get(field) instanceof Map<?, ?> all) || !(all.get(alternative) instanceof Map<?, ?> overlay)) {
            return this;
        }
        Map<Object, Object> merged = new LinkedHashMap<>(values);
        merged.putAll(overlay);
        return new Fields(merged);
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    boolean isObject(String name) {
        return values.get(name) instanceof Map<?, ?>;
    }

    /** A text. */
    String text(String name) throws BadLineException {
        return optionalText(name).orElseThrow(() -> new BadLineException("\"" + name + "\" is missing"));
    }

    /** A text, or empty if there is no such field. */
    Optional<String> optionalText(String name) throws BadLineException {
        Object value = values.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof String text) {
            return Optional.of(text);
        }
        throw new BadLineException("\"" + name + "\" is not a text");
    }

    /** A whole number from {@code min} to {@code max}: plain, or in hex as a text. */
    int integer(String name, int min, int max) throws BadLineException {
        Object value = values.get(name);
        if (value == null) {
            throw new BadLineException("\"" + name + "\" is missing");
        }
        long number = number(name, value);
        if (number < min || number > max) {
            throw new BadLineException(
                    "\"%s\" is %s, not from %d to %d".formatted(name, Shown.word(value.toString()), min, max));
        }
        return (int) number;
    }

    /** An unsigned number of 64 bits. */
    long number(String name) throws BadLineException {
        Object value = values.get(name);
        if (value == null) {
            throw new BadLineException("\"" + name + "\" is missing");
        }
        return number(name, value);
    }

    /** An unsigned number of 32 bits. */
    int number32(String name) throws BadLineException {
        long number = number(name);
        if (number >>> 32 != 0) {
            throw new BadLineException("\"" + name + "\" is larger than 32 bits");
        }
        return (int) number;
    }

    /** A list of texts, empty if there is no such field. */
    List<String> texts(String name) throws BadLineException {
        Object value = values.get(name);
        if (value == null) {
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        if (value instanceof List<?> list) {
            for (Object element : list) {
                texts.add(String.valueOf(element));
            }
            return texts;
        }
        throw new BadLineException("\"" + name + "\" is not a list");
    }

    /** The fields of an object. */
    Map<String, Object> entries(String name) throws BadLineException {
        if (values.get(name) instanceof Map<?, ?> object) {
            Map<String, Object> entries = new LinkedHashMap<>();
            object.forEach((key, value) -> entries.put(String.valueOf(key), value));
            return entries;
        }
        throw new BadLineException("\"" + name + "\" is missing or not an object");
    }

    /** A number of 64 bits: plain and not negative, or a text in hex with {@code 0x}. */
    static long number(String name, Object value) throws BadLineException {
        String text = value.toString();
        try {
            return text.startsWith("0x") && value instanceof String
                    ? Long.parseUnsignedLong(text, 2, text.length(), 16)
                    : Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw new BadLineException(
                    "\"%s\" is '%s', not a number of 64 bits as \"0x1f\"".formatted(name, Shown.word(text)));
        }
    }
}
