package hv.console;

import java.util.List;

/**
 * How a command is used.
 *
 * @param verb its name without the scope
 * @param usage what is typed behind it
 * @param purpose one sentence
 * @param example a whole line as it is typed in a shell
 * @param options the options with a value
 * @param switches the options without
 */
record Help(String verb, String usage, String purpose, String example, List<String> options, List<String> switches) {
    Help {
        options = List.copyOf(options);
        switches = List.copyOf(switches);
    }

    Help(String verb, String usage, String purpose, String example, List<String> options) {
        this(verb, usage, purpose, example, options, List.of());
    }

    String text() {
        return "usage: " + verb + " " + usage + "\n  " + purpose + "\nexample: ./hv " + example;
    }

    UsageException refuse(String problem) {
        return new UsageException("%s %s; usage: %s %s".formatted(verb, problem, verb, usage));
    }
}
