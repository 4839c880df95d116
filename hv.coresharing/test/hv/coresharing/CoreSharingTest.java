package hv.coresharing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.api.CpuidRegister;
import hv.api.HostFacts;
import hv.api.Problem;
import hv.api.Problem.Severity;
import hv.api.Vendor;
import hv.api.enlightenment.Enlightenment;
import hv.api.host.Verdict;
import hv.partition.PartitionService;
import hv.testkit.Announcer;
import hv.testkit.EnlightenmentContract;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CoreSharingTest implements EnlightenmentContract {
    @Override
    public Enlightenment enlightenment() {
        return new CoreSharing();
    }

    @Override
    public String flags() {
        return "hv-no-nonarch-coresharing=on";
    }

    @Override
    public boolean announcesHyperV() {
        return false;
    }

    private static Verdict check(String flags, boolean smtPossible) {
        return PartitionService.of(List.of(new CoreSharing(), new Announcer()))
                .check(
                        flags,
                        HostFacts.builder(Vendor.AMD, 2_600_000_000L, 1_000_000_000L)
                                .smtPossible(smtPossible)
                                .build());
    }

    @ParameterizedTest
    @CsvSource({
        "'', true, 0",
        "'', false, 0",
        "hv-no-nonarch-coresharing=off, false, 0",
        "hv-no-nonarch-coresharing=on, true, 0x40000",
        "hv-no-nonarch-coresharing=on, false, 0x40000",
        "hv-no-nonarch-coresharing, true, 0x40000",
        "hv-no-nonarch-coresharing=auto, true, 0",
        "hv-no-nonarch-coresharing=auto, false, 0x40000"
    })
    @DisplayName("QEMU: leaf 0x40000004 EAX bit 18 is set by on, and by auto where the host cannot share cores")
    void promisesWhatTheFlagSays(String flag, boolean smtPossible, String eax) {
        Verdict verdict = check("hv-announcer," + flag, smtPossible);
        assertEquals(Integer.decode(eax), verdict.cpuid().get(0x4000_0004, CpuidRegister.EAX));
    }

    @ParameterizedTest
    @CsvSource({
        "auto, true, BLOCKS_MIGRATION",
        "auto, false, BLOCKS_MIGRATION",
        "on, true, NOTE",
        "on, false, ",
        "off, true, ",
        "sometimes, true, WILL_NOT_START"
    })
    @DisplayName("QEMU: auto blocks migration; on is noted where only pinning makes it true; other words do not start")
    void checksThePromise(String value, boolean smtPossible, Severity severity) {
        Verdict verdict = check("hv-announcer,hv-no-nonarch-coresharing=" + value, smtPossible);
        assertEquals(
                Stream.ofNullable(severity).toList(),
                verdict.problems().stream().map(Problem::severity).toList());
    }

    @Test
    @DisplayName("QEMU: the flag alone announces nothing")
    void announcesNothing() {
        assertEquals(
                List.of(), check("hv-no-nonarch-coresharing=on", true).cpuid().leaves());
    }
}
