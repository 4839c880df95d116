package hv.flags;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.Problem;
import hv.api.Problem.Severity;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What QEMU 7.2 and libvirt 9.0 were seen to do ({@code ./hv oracle}). */
@DisplayName("Configurations that were given to the programs themselves")
class JudgedTest {
    private static FlagText domain(String inner) throws UnusableTextException {
        return FlagText.of("<domain type='kvm'>" + inner + "</domain>");
    }

    private static List<String> fatal(FlagText text) {
        return text.problems().stream()
                .filter(problem -> problem.severity() == Severity.WILL_NOT_START)
                .map(Problem::reason)
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<cpu mode='bogus'/>|libvirt has no <cpu mode='bogus'>",
                "<cpu mode='maximum'><feature policy='maybe' name='svm'/></cpu>|no policy 'maybe'",
                "<cpu><model>Nehalem</model><cache mode='passthrough'/></cpu>|for mode='host-passthrough' and mode='maximum' only",
                "<features><kvm><hidden/></kvm></features>|<hidden> has no state",
                "<features><kvm><pv-ipi state='yes'/></kvm></features>|no state that libvirt knows: 'yes'",
                "<features><hyperv><spinlocks state='on' retries='-1'/></hyperv></features>|takes a number of retries, not '-1'",
                "<features><hyperv><spinlocks state='on' retries='4294967296'/></hyperv></features>|takes a number of retries",
                "<features><hyperv mode='passthrough'><ipi state=''/></hyperv></features>|no state that libvirt knows",
            })
    @DisplayName("libvirt refuses words that it does not know, wherever they stand")
    void refused(String inner, String piece) throws Exception {
        List<String> reasons = fatal(domain(inner));
        assertEquals(1, reasons.size(), reasons.toString());
        assertTrue(reasons.get(0).contains(piece), reasons.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<clock><timer name='kvmclock' present='yes'/></clock>|qemu64,kvmclock=on",
                "<features><pvspinlock/></features>|qemu64,kvm-pv-unhalt=on",
                "<features><hyperv mode='passthrough'><vpindex state='off'/><ipi state='on'/></hyperv></features>|qemu64,hv-passthrough,hv-ipi",
                "<clock><timer name='hypervclock' present='yes'/><timer name='hypervclock' present='no'/></clock>|qemu64,hv-time",
                "<features><kvm><hidden state='on'/><hidden state='off'/></kvm></features>|qemu64",
                "<cpu><model>Nehalem</model><cache mode='disable'/></cpu>|Nehalem,l3-cache=off",
                "<features><hyperv><spinlocks state='on' retries='0x1fff'/></hyperv></features>|qemu64,hv-spinlocks=0x1fff",
            })
    @DisplayName("libvirt gives QEMU these words")
    void words(String inner, String flags) throws Exception {
        FlagText text = domain(inner);
        assertEquals(List.of(), fatal(text));
        assertEquals(flags, text.flags().toString());
    }

    @Test
    @DisplayName("A feature that libvirt decides about on each host is no flag, and that is said")
    void optional() throws Exception {
        FlagText text = domain("<cpu mode='maximum'><feature policy='optional' name='pcid'/></cpu>");
        assertEquals("max", text.flags().toString());
        assertTrue(
                text.unsaid().get(0).contains("policy='optional'"),
                text.unsaid().toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "qemu-system-x86_64 -accel kvm -cpu qemu64,migratable=no|property migratable for the models host and max only",
                "qemu-system-x86_64 -accel kvm -cpu EPYC,host-cache-info=on|property host-cache-info for the models host and max only",
                "qemu-system-x86_64 -accel kvm -cpu max,=on|'=on' has no name",
                "qemu-system-x86_64 -accel kvm -cpu max,+|'+' has no name",
                "qemu-system-x86_64 -accel tcg -cpu host|only with KVM or HVF",
            })
    @DisplayName("QEMU refuses what is no flag of Hyper-V's as well")
    void qemu(String line, String piece) throws Exception {
        List<String> reasons = fatal(FlagText.of(line));
        assertEquals(1, reasons.size(), reasons.toString());
        assertTrue(reasons.get(0).contains(piece), reasons.toString());
    }

    @Test
    @DisplayName("Where the host's own model cannot be had, another one is written in front of flags without a model")
    void model() throws Exception {
        FlagText text = FlagText.of("qemu-system-x86_64 -accel tcg -cpu hv-relaxed");
        assertEquals("-cpu max,hv-relaxed", text.write(text.flags()).text());
        FlagText kvm = FlagText.of("qemu-system-x86_64 -accel kvm -cpu hv-relaxed");
        assertEquals("-cpu host,hv-relaxed", kvm.write(kvm.flags()).text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"max,check", "max,enforce=off", "EPYC,host-cache-info=on", "max,tsc-freq=fast"})
    @DisplayName("What libvirt has no element for, or not there, is named")
    void notes(String flags) {
        Written written = FlagWriter.write(Syntax.LIBVIRT, FlagGrammar.read(flags));
        assertEquals(1, written.notes().size(), written.toString());
        assertTrue(!written.text().contains("feature") && !written.text().contains("cache"), written.text());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "max,tsc-freq=2.5G|<timer name='tsc' frequency='2500000000'/>",
                "max,tsc-frequency=2600000000|<timer name='tsc' frequency='2600000000'/>",
                "max,kvmclock=on|<timer name='kvmclock' present='yes'/>",
            })
    @DisplayName("Timers are written as libvirt reads them")
    void timers(String flags, String timer) {
        Written written = FlagWriter.write(Syntax.LIBVIRT, FlagGrammar.read(flags));
        assertEquals(List.of(), written.notes());
        assertTrue(written.text().contains(timer), written.text());
    }

    @Test
    @DisplayName("What a version of libvirt does not know is left out of the corrected text")
    void tooNew() throws Exception {
        FlagText text = FlagText.of("<hyperv><tlbflush state='on'><direct state='on'/></tlbflush></hyperv>");
        assertEquals(
                List.of("hv-tlbflush-direct=off"),
                text.tooNewFor(Release.of("9.0")).stream().map(Problem::change).toList());
    }
}
