package hv.flags;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FlagWriterTest {
    private static final long SEED = 20_260_105L;

    @Test
    @DisplayName(
            "libvirt's names: hv-time is a timer, hv-crash a panic device, direct and extended are inside their timers and flushes")
    void libvirt() {
        assertEquals(
                """
                <features>
                  <hyperv mode='custom'>
                    <spinlocks state='on' retries='8191'/>
                    <synic state='off'/>
                    <stimer state='on'>
                      <direct state='on'/>
                    </stimer>
                    <vendor_id state='on' value='a&lt;b&apos;c'/>
                    <tlbflush state='on'>
                      <direct state='on'/>
                      <extended state='on'/>
                    </tlbflush>
                    <avic state='on'/>
                  </hyperv>
                  <kvm>
                    <hidden state='on'/>
                  </kvm>
                </features>
                <cpu mode='host-passthrough' migratable='off'>
                  <feature policy='require' name='lahf_lm'/>
                  <feature policy='disable' name='pcid'/>
                </cpu>
                <clock>
                  <timer name='hypervclock' present='yes'/>
                  <timer name='tsc' frequency='2600000000'/>
                </clock>
                <devices>
                  <panic model='hyperv'/>
                </devices>""",
                text(
                        "host,migratable=off,+lahf_lm,-pcid,kvm=off,hv_time,hv-spinlocks=0x1fff,-hv-synic,hv-synic,hv-stimer,hv-stimer-direct,"
                                + "hv-vendor-id=a<b'c,hv-tlbflush=yes,hv-tlbflush-ext,hv-tlbflush-direct,hv-apicv,hv-crash,tsc-frequency=2600000000"));
        assertEquals("""
                <features>
                  <hyperv mode='passthrough'>
                  </hyperv>
                </features>
                <cpu mode='maximum'/>""", text("max,hv-passthrough"));
        assertEquals("""
                <cpu mode='custom' match='exact' check='none'>
                  <model>Skylake-Client</model>
                </cpu>""", text("Skylake-Client"));
    }

    @Test
    @DisplayName("A feature that QEMU knows by several names has libvirt's, and enforced models are looked at")
    void features() {
        assertEquals("""
                <cpu mode='custom' match='exact' check='none'>
                  <model>kvm64</model>
                  <feature policy='require' name='sse4.1'/>
                  <feature policy='disable' name='svm-lock'/>
                </cpu>""", text("kvm64,+sse4_1,-svm_lock"));
        Written enforced = FlagWriter.write(Syntax.LIBVIRT, FlagGrammar.read("kvm64,enforce"));
        assertTrue(enforced.text().startsWith("<cpu mode='custom' match='exact'>"), enforced.text());
    }

    @Test
    @DisplayName("Address bits that the host's take the place of are left out and named")
    void addresses() {
        Written written = FlagWriter.write(Syntax.LIBVIRT, FlagGrammar.read("host,phys-bits=40,host-phys-bits=on"));
        assertFalse(written.text().contains("bits='40'"), written.text());
        assertTrue(
                written.notes().get(0).contains("phys-bits=40 is left out"),
                written.notes().toString());
    }

    private static String text(String cpu) {
        Written written = FlagWriter.write(Syntax.LIBVIRT, FlagGrammar.read(cpu));
        assertEquals(List.of(), written.notes());
        return written.text();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hv-enforce-cpuid",
                "hv-version-id-build=14393",
                "hv-no-nonarch-coresharing=on",
                "hv-syndbg",
                "x-hv-max-vps=240",
                "hv-stimer-direct",
                "hv-tlbflush-ext",
                "hv-passthrough,hv-relaxed",
                "host,host-phys-bits-limit=40"
            })
    @DisplayName("What libvirt has no word for is said in a note, with its name")
    void notes(String cpu) {
        List<String> notes =
                FlagWriter.write(Syntax.LIBVIRT, FlagGrammar.read(cpu)).notes();
        assertEquals(1, notes.size(), notes::toString);
        String last = cpu.substring(cpu.lastIndexOf(',') + 1).replace("hv-relaxed", "relaxed");
        int equals = last.indexOf('=');
        assertTrue(notes.get(0).contains(equals < 0 ? last : last.substring(0, equals)), notes::toString);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "QEMU|host,hv-time|host,hv-time",
                "QEMU_LINE|host,hv-time|-cpu host,hv-time",
                "QEMU_LINE|hv-vendor-id=KVM Hv|-cpu `hv-vendor-id=KVM Hv`",
                "PROXMOX|hv-vendor-id=it`s|args: -cpu `hv-vendor-id=it`\\``s`",
            })
    @DisplayName("On a command line what a shell would split or expand is in quotes")
    void qemu(Syntax syntax, String cpu, String expected) {
        assertEquals(
                expected.replace('`', '\''),
                FlagWriter.write(syntax, FlagGrammar.read(cpu.replace('`', '\'')))
                        .text());
    }

    @Test
    @DisplayName("Any flags that libvirt has words for come back the same from its XML")
    void roundTrip() throws Exception {
        Random random = new Random(SEED);
        for (int round = 0; round < 2_000; round++) {
            Set<String> given = new HashSet<>();
            for (LibvirtFlag row : LibvirtFlag.ALL) {
                boolean isPossible = !row.isInner() || given.contains("hv-" + row.parent());
                if (isPossible && random.nextBoolean()) {
                    given.add(word(row, random));
                }
            }
            if (random.nextBoolean()) {
                given.add(random.nextBoolean() ? "hv-time" : "hv-time=off");
            }
            if (random.nextBoolean()) {
                given.add("hv-crash");
            }
            List<String> words = new ArrayList<>(given);
            words.add(0, "host");
            Written written = FlagWriter.write(Syntax.LIBVIRT, FlagGrammar.read(String.join(",", words)));
            assertEquals(List.of(), written.notes());
            FlagText read = FlagText.of("<domain type='kvm'>" + written.text() + "</domain>");
            assertEquals(new HashSet<>(words), Set.of(read.flags().toString().split(",")), written::text);
        }
    }

    private static String word(LibvirtFlag row, Random random) {
        return switch (row.attribute()) {
            case "retries" -> row.flag() + "=" + (4095 + random.nextInt(100_000));
            case "value" -> row.flag() + "=<&'\"" + random.nextInt(10_000_000);
            default -> row.flag() + (random.nextBoolean() ? "" : "=off");
        };
    }
}
