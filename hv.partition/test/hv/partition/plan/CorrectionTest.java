package hv.partition.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.api.Flags;
import hv.api.HostFacts;
import hv.api.Problem;
import hv.api.Problem.Severity;
import hv.api.Vendor;
import hv.api.enlightenment.FlagOption;
import hv.partition.TestEnlightenment;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Corrected flags")
class CorrectionTest {
    private static final HostFacts HOST = HostFacts.builder(Vendor.INTEL, 2_000_000_000L, 1_000_000_000L)
            .smtPossible(false)
            .everything()
            .build();

    private final Catalogue catalogue = Catalogues.of(
            TestEnlightenment.of("index"),
            TestEnlightenment.of("synic", "index"),
            TestEnlightenment.of("timer", "synic"),
            TestEnlightenment.of("lonely", "nowhere"),
            TestEnlightenment.of("vmx", "synic")
                    .withCheck(problems -> problems.accept(
                            new Problem(Severity.WILL_NOT_START, "hv-vmx", "not here", "leave it out", "hv-vmx=off"))),
            TestEnlightenment.of("modest")
                    .withCheck(problems ->
                            problems.accept(new Problem(Severity.NOTE, "hv-modest", "a note", "add it", "hv-timer"))),
            TestEnlightenment.of(
                    FlagOption.ofNumber("hv-locks", 0xFFFF_FFFFL, true).usually("0xfff")),
            TestEnlightenment.of("spins", "locks"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hv-index|hv-index",
                "host,hv-timer,+pcid|host,+pcid,hv-timer,hv-synic,hv-index",
                "-hv-index,hv-synic|hv-synic,hv-index",
                "hv-vmx,hv-index|hv-index",
                "hv-lonely,hv-index|hv-index",
                "hv-idnex|hv-index",
                "hv-smyic=on|hv-synic,hv-index",
                "hv-index=perhaps,hv-synic|hv-synic,hv-index",
                "hv-modest|hv-modest",
                "hv-spins|hv-spins,hv-locks=0xfff",
                "hv-passthrough,hv-vmx|hv-passthrough,hv-vmx=off",
                "hv-nothing,host|host",
            })
    @DisplayName("have what is required, lack what cannot be, and are else as they were given; notes change nothing")
    void corrected(String flags, String expected) {
        Flags corrected = new Planner(catalogue).plan(flags, HOST).verdict().corrected();
        assertEquals(expected, corrected.toString());
    }
}
