package hv.hostkit;

import static hv.hostkit.Advice.require;

import hv.api.HostFacts;
import hv.api.host.Host;
import java.util.Arrays;
import java.util.List;

/** What a host says of itself. */
final class FactRules {
    private static final int MOST_NAME = 255;
    private static final int MOST_CODE = 4096;

    private FactRules() {}

    static List<Rule> all() {
        return List.of(
                new Rule("The name is a word or two of printable ASCII", FactRules::name),
                new Rule("The facts are always the same", FactRules::facts),
                new Rule("A partition can be made: what the facts promise is implemented", Trial::partition),
                new Rule("The code of the hypercall page is 1 to 4096 bytes, and always the same", FactRules::code));
    }

    private static void name(Trial trial) {
        String name = trial.host().name();
        require(
                name != null
                        && name.matches("[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?")
                        && name.length() <= MOST_NAME,
                "Host.name() must give 1 to %d characters of printable ASCII, as \"kvm\": it is shown to people and stands in snapshots; it gives %s"
                        .formatted(MOST_NAME, name));
    }

    private static void facts(Trial trial) {
        Host host = trial.host();
        HostFacts first = host.facts();
        require(first != null, "Host.facts() gives null: build them once with HostFacts.builder and give them");
        trial.partition();
        require(
                said(first).equals(said(host.facts())),
                "Host.facts() has changed from %s to %s: a guest was promised what they said first, so build them once, also when the TSC gets another frequency later"
                        .formatted(said(first), said(host.facts())));
    }

    private static List<Object> said(HostFacts facts) {
        return List.of(
                facts.vendor(),
                facts.tscFrequencyHz(),
                facts.apicFrequencyHz(),
                facts.smtPossible(),
                facts.apicAccess(),
                facts.exitlessEoi(),
                facts.autoEoi(),
                facts.tlbFlush(),
                facts.vpRunTime(),
                facts.anyTscFrequency(),
                facts.apicVirtualization());
    }

    private static void code(Trial trial) {
        Host host = trial.host();
        byte[] code = host.hypercallPage();
        if (code == null || code.length == 0 || code.length > MOST_CODE) {
            throw new AssertionError(
                    "Host.hypercallPage() must give 1 to 4096 bytes of code, which the guest finds in its hypercall page");
        }
        byte[] copy = code.clone();
        Arrays.fill(code, (byte) 0xCC);
        require(
                Arrays.equals(copy, host.hypercallPage()),
                "Host.hypercallPage() gives other bytes after a caller has written into what it gave: give a copy each time");
    }
}
