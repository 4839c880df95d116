package hv.hostkit;

import hv.api.host.Hypervisor;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Extend this with the test of your VMM: every rule becomes a test. JUnit calls it. */
public abstract class HostContract {
    /** VPs that a subject is asked for. */
    protected static final int VPS = 2;

    /** For test classes. */
    protected HostContract() {}

    /**
     * A new VMM that nothing has been done with.
     *
     * @param vps how many VPs its partition will have
     */
    protected abstract HostSubject open(int vps) throws Exception;

    /** Makes the partitions; that of the class path unless told otherwise. */
    protected Hypervisor hypervisor() {
        return ServiceLoader.load(Hypervisor.class)
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        "no Hypervisor is on the class path of this test: add hv.partition, hv.flags and hv.api"));
    }

    /** A test for each rule. */
    @TestFactory
    Stream<DynamicTest> rules() {
        return Rules.all().stream().map(rule -> DynamicTest.dynamicTest(rule.text(), () -> check(rule)));
    }

    /** Tries one rule on a new subject. */
    void check(Rule rule) throws Exception {
        try (Trial trial = new Trial(open(VPS), hypervisor(), VPS)) {
            rule.check().on(trial);
        }
    }
}
