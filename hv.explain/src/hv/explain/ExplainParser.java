package hv.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads an explain file line by line; used once. */
final class ExplainParser {
    private static final Pattern BITS = Pattern.compile("(\\d{1,2})(?::(\\d{1,2}))?");
    private static final BitField ALWAYS = new BitField(0, 0, "", Unit.NUMBER, "", List.of());

    private final String file;
    private final List<String> costs = new ArrayList<>();
    private final List<String> avoid = new ArrayList<>();
    private final List<Layout> layouts = new ArrayList<>();
    private final List<CallNotes> calls = new ArrayList<>();
    private final Map<String, String> since = new TreeMap<>();
    private int line;

    // The layout or call that indented lines belong to.
    private String word = "";
    private final Map<Integer, String> msrs = new TreeMap<>();
    private final List<Layout.Form> forms = new ArrayList<>();
    private final List<BitField> fields = new ArrayList<>();
    private final List<BitField.Value> values = new ArrayList<>();
    private BitField selector = ALWAYS;
    private long selected;
    private String callName = "";
    private int callCode;
    private final List<Page.Row> input = new ArrayList<>();
    private final List<Page.Row> answers = new ArrayList<>();

    ExplainParser(String file) {
        this.file = file;
    }

    ExplainFile parse(String text) throws ExplainFormatException {
        if (text.length() > ExplainFile.MAX_BYTES) {
            throw new ExplainFormatException(file, 1, "longer than %d characters".formatted(ExplainFile.MAX_BYTES));
        }
        for (String raw : text.lines().toList()) {
            line++;
            String stripped = raw.strip();
            if (stripped.isEmpty() || stripped.startsWith("#")) {
                continue;
            }
            String[] words = stripped.split("\\s+", 3);
            if (Character.isWhitespace(raw.charAt(0))) {
                indented(words);
            } else {
                outer(stripped, words);
            }
        }
        finishLayout();
        finishCall();
        return new ExplainFile(
                costs, since.getOrDefault("qemu", ""), since.getOrDefault("kvm", ""), avoid, layouts, calls);
    }

    private void outer(String stripped, String[] words) throws ExplainFormatException {
        // MSRs in a row share the fields below the last of them.
        if (!words[0].equals("msr") || !fields.isEmpty() || !word.isEmpty()) {
            finishLayout();
        }
        finishCall();
        String rest = stripped.substring(words[0].length()).strip();
        switch (words[0]) {
            case "cost" -> costs.add(rest);
            case "avoid" -> avoid.add(rest);
            case "since" -> {
                if (words.length != 3 || !words[1].equals("qemu") && !words[1].equals("kvm")) {
                    throw wrong("since qemu VERSION, or since kvm VERSION");
                }
                since.put(words[1], words[2]);
            }
            case "msr" -> {
                if (words.length != 3) {
                    throw wrong("msr NUMBER NAME");
                }
                msrs.put((int) number(words[1]), words[2]);
            }
            case "word" -> word = rest;
            case "call" -> {
                if (words.length != 3) {
                    throw wrong("call NUMBER NAME");
                }
                callCode = (int) number(words[1]);
                callName = words[2];
            }
            default -> throw wrong("cost, since, avoid, msr, word or call, not '" + words[0] + "'");
        }
    }

    private void indented(String[] words) throws ExplainFormatException {
        if (!callName.isEmpty()) {
            callLine(words);
        } else if (msrs.isEmpty() && word.isEmpty()) {
            throw wrong("msr, word or call before indented lines");
        } else if (words[0].equals("=")) {
            if (words.length != 3 || fields.isEmpty()) {
                throw wrong("= NUMBER MEANING below a field");
            }
            values.add(new BitField.Value(number(words[1]), words[2]));
        } else if (words[0].equals("form")) {
            if (words.length != 3) {
                throw wrong("form BITS=NUMBER NAME");
            }
            finishForm();
            int equals = words[1].indexOf('=');
            selector = field(words[1].substring(0, Math.max(equals, 0)), words[2], "");
            selected = number(words[1].substring(equals + 1));
        } else {
            finishField();
            if (words.length < 2) {
                throw wrong("BITS NAME MEANING");
            }
            fields.add(field(words[0], words[1], words.length == 3 ? words[2] : ""));
        }
    }

    private void callLine(String[] words) throws ExplainFormatException {
        if (words.length != 3) {
            throw wrong("+OFFSET NAME MEANING, or answers NUMBER REASON");
        }
        if (words[0].equals("answers")) {
            int status = (int) number(words[1]);
            answers.add(new Page.Row("0x%x".formatted(status), words[2]));
        } else if (words[0].startsWith("+")) {
            input.add(new Page.Row(words[0], words[1] + ": " + words[2]));
        } else {
            throw wrong("+OFFSET NAME MEANING, or answers NUMBER REASON");
        }
    }

    private BitField field(String bits, String name, String meaning) throws ExplainFormatException {
        Matcher matcher = BITS.matcher(bits);
        if (!matcher.matches()) {
            throw wrong("bits as 5 or 63:12, not '" + bits + "'");
        }
        int high = Integer.parseInt(matcher.group(1));
        int low = matcher.group(2) == null ? high : Integer.parseInt(matcher.group(2));
        int slash = name.indexOf('/');
        String suffix = slash < 0 ? "" : name.substring(slash + 1);
        for (Unit unit : Unit.values()) {
            if (unit.suffix().equals(suffix) && high <= 63 && low <= high) {
                return new BitField(high, low, slash < 0 ? name : name.substring(0, slash), unit, meaning, List.of());
            }
        }
        throw wrong("bits 63 to 0 and a unit page, 100ns or Hz, not '%s %s'".formatted(bits, name));
    }

    private long number(String text) throws ExplainFormatException {
        return Numbers.parse(text).orElseThrow(() -> wrong("a number as 0x40000020, not '" + text + "'"));
    }

    private void finishField() {
        if (!values.isEmpty()) {
            BitField last = fields.remove(fields.size() - 1);
            fields.add(new BitField(last.high(), last.low(), last.name(), last.unit(), last.meaning(), values));
            values.clear();
        }
    }

    private void finishForm() {
        finishField();
        if (!fields.isEmpty()) {
            forms.add(new Layout.Form(selector, selected, fields));
            fields.clear();
        }
        selector = ALWAYS;
    }

    private void finishLayout() throws ExplainFormatException {
        finishForm();
        if (!msrs.isEmpty() || !word.isEmpty()) {
            if (forms.isEmpty()) {
                throw wrong("fields below msr or word");
            }
            layouts.add(new Layout(word, msrs, forms));
        }
        msrs.clear();
        forms.clear();
        word = "";
    }

    private void finishCall() {
        if (!callName.isEmpty()) {
            calls.add(new CallNotes(callCode, callName, input, answers));
        }
        callName = "";
        input.clear();
        answers.clear();
    }

    private ExplainFormatException wrong(String expected) {
        return new ExplainFormatException(file, line, "expected " + expected);
    }
}
