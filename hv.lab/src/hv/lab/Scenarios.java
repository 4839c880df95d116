package hv.lab;

import java.util.List;

/** All scenarios, in the order in which they run. */
final class Scenarios {
    private static final List<Scenario> ALL = List.of(new Payload());

    /** Their names. */
    static final List<String> NAMES = ALL.stream().map(Scenario::name).toList();

    /** What shows that a stock Linux boots, and little more. */
    private static final List<String> SHORT = List.of("payload", "linux");

    private Scenarios() {}

    /** Those that were asked for. */
    static List<Scenario> chosen(LabOptions options) {
        return ALL.stream()
                .filter(scenario -> options.only().isEmpty()
                        ? !options.isShort() || SHORT.contains(scenario.name())
                        : options.only().contains(scenario.name()))
                .toList();
    }
}
