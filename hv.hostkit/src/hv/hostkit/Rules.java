package hv.hostkit;

import java.util.List;
import java.util.stream.Stream;

/** All rules, in the order in which a host is best put right. */
final class Rules {
    private Rules() {}

    static List<Rule> all() {
        return Stream.of(FactRules.all(), MemoryRules.all(), TimeRules.all(), VpRules.all(), PromiseRules.all())
                .flatMap(List::stream)
                .toList();
    }
}
