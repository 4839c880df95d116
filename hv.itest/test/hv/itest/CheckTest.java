package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code ./hv check} says in the end, with everything deployed. */
class CheckTest {
    private static final Path CASES = Shipped.WORKSPACE.resolve("hv.flags/test/hv/flags/cases");
    private static final Pattern CHANGE = Pattern.compile("\"change\":\"([^\"]+)\"");

    private static Gogo gogo;

    @BeforeAll
    static void start() throws Exception {
        gogo = new Gogo();
    }

    @AfterAll
    static void stop() throws Exception {
        gogo.close();
    }

    private static String check(String text, String... options) throws Exception {
        List<String> words = new ArrayList<>(List.of("check", text, "--host", "intel"));
        words.addAll(List.of(options));
        return gogo.command(words);
    }

    private static void assertRefused(String why, String text, String... options) {
        Exception refused = assertThrows(Exception.class, () -> check(text, options));
        assertTrue(refused.getMessage().contains(why), refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a01-kubevirt-vmi.yaml|would not start",
                "a03-virt-install-line.txt|hv-stimer requires hv-synic",
                "a07-k8s-args-list.yaml|hv-stimer requires hv-synic",
                "b02-libvirt-log-apostrophe.txt|hv-stimer requires hv-time",
                "b06-quoted-space.sh|would not start",
                "b08-no-accel.sh|starts, and these have no effect: hv-relaxed,hv-vapic,hv-spinlocks=0x1fff",
                "b10-hvf.sh|starts, and these have no effect",
                "b12-syndbg-with-device.sh|starts, with hv-relaxed,hv-vpindex,hv-synic,hv-syndbg",
                "b14-shell-array.sh|starts, with",
                "c02-two-fragments.xml|starts, with hv-relaxed,hv-time",
                "c04-hyperv-host-model.xml|needs libvirt 11.9",
                "c06-cpu-host-model-rewritten.xml|<cpu mode='host-model' check='partial'/>",
                "c08-no-cpu-element.xml|passed over, not Hyper-V's: qemu64",
                "c10-remedy-that-does-not-start.xml|<vpindex state='on'/><synic state='on'/><stimer state='on'/>",
                "c12-aarch64.xml|would not start",
                "c14-tcg-relaxed.xml|starts, and these have no effect: hv-relaxed,hv-vapic",
                "c15-no-hypervclock.xml|without hv-time (libvirt's hypervclock)",
                "c16-domstatus.xml|starts, with hv-relaxed",
                "d02-ovmf-win7.conf|starts, with no flags of Hyper-V's",
                "d04-x-vga.conf|hv-vendor-id=proxmox",
                "d06-vendor-id-too-long.conf|would not start",
                "d07-args-replaces-everything.conf|lost are: hv_ipi,hv_relaxed",
                "d09-custom-model.conf|cpu-models.conf",
                "h02-passthrough.txt|hv-reenlightenment,hv-spinlocks=0xfff,hv-vendor-id=Linux KVM Hv",
            })
    @DisplayName("Configurations that people have get the verdict that QEMU, libvirt, KubeVirt and Proxmox give them")
    void cases(String name, String piece) throws Exception {
        String said = check("@" + CASES.resolve(name));
        assertTrue(said.contains(piece), said);
    }

    @Test
    @DisplayName("A debugger that is configured is not said to be missing")
    void debugger() throws Exception {
        assertFalse(check("@" + CASES.resolve("b12-syndbg-with-device.sh")).contains("no debugger"));
        assertTrue(check("host,hv-relaxed,hv-vpindex,hv-synic,hv-syndbg").contains("no debugger"));
    }

    @Test
    @DisplayName("hv-passthrough has the same leaves in cpuid as the flags that check names")
    void passthrough() throws Exception {
        String said = check("host,hv-passthrough");
        Matcher flags = Pattern.compile("starts, with (.*),hv-passthrough").matcher(said);
        assertTrue(flags.find(), said);
        assertEquals(
                "the same leaves",
                gogo.command(List.of(
                                "cpuid", "--host", "intel", "--cpu", "host,hv-passthrough", "--diff", flags.group(1)))
                        .strip());
    }

    @Test
    @DisplayName("What --libvirt's version does not know keeps a domain from starting")
    void version() throws Exception {
        String domain = "<hyperv><relaxed state='on'/><xmm_input state='on'/></hyperv>";
        assertTrue(check(domain, "--libvirt", "9.0").contains("version 9.0 does not know <xmm_input>"));
        assertTrue(check(domain, "--libvirt", "10.7").contains("starts, with"));
    }

    @Test
    @DisplayName("QEMU before 8.2 refuses hv-vpindex without KVM, also where a corrected name would be that flag")
    void versionOfQemu() throws Exception {
        String line = "qemu-system-x86_64 -accel tcg -cpu max,hv-vpindex";
        String old = check(line, "--qemu", "7.2");
        assertTrue(old.contains("version 7.2 does not know hv-vpindex without KVM"), old);
        assertTrue(old.contains("would not start"), old);
        assertTrue(check(line, "--qemu", "8.2").contains("starts, and these have no effect"));
        assertTrue(check(line.replace("tcg", "kvm"), "--qemu", "7.2").contains("starts, with hv-vpindex"));
        assertFalse(check(line.replace("vpindex", "vp-index"), "--qemu", "7.2").contains("corrected:"));
        assertRefused("knows QEMU from 7.2 on", line, "--qemu", "5.0");
        assertRefused("a QEMU command line only", "<hyperv/>", "--qemu", "8.2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "qemu-system-x86_64 -accel tcg -cpu max,hv-stimer,hv-version-id-build=abc|corrected: -cpu max,hv-stimer",
                "qemu-system-x86_64 -accel tcg -cpu max,hv-spinlocks=abc,hv-passthrough|would not start",
                "qemu-system-x86_64 -accel tcg -cpu max,hv-reset=1,hv-reset|would not start",
                "qemu-system-x86_64 -accel kvm -cpu max,+hv_relaxed|corrected: -cpu max,hv-relaxed",
            })
    @DisplayName("Where flags have no effect, QEMU still reads every word, and asks for nothing that they require")
    void withoutEffect(String line, String piece) throws Exception {
        String said = check(line);
        assertTrue(said.lines().anyMatch(one -> one.strip().endsWith(piece)), said);
    }

    @Test
    @DisplayName("A corrected text that would not start either is not offered")
    void notOffered() throws Exception {
        String said = check(
                "<domain type='kvm'><features><hyperv><ipi state='on'/></hyperv></features><cpu mode='bogus'/></domain>");
        assertTrue(said.contains("would not start") && !said.contains("corrected:"), said);
    }

    @Test
    @DisplayName("A frequency that nobody measured is not offered")
    void invented() throws Exception {
        String said = check("host,hv-frequencies,hv-reenlightenment");
        assertTrue(said.contains("tsc-frequency=N"), said);
    }

    @Test
    @DisplayName("Whatever is advised for flags that start also starts when it is followed")
    void advice() throws Exception {
        int followed = 0;
        for (String text : texts()) {
            String said = check(text, "--json");
            if (!said.contains("\"starts\":true")) {
                continue;
            }
            Matcher change = CHANGE.matcher(said);
            while (change.find()) {
                String then = check(text + "," + change.group(1), "--json");
                assertTrue(then.contains("\"starts\":true"), () -> text + " with " + change.group(1) + ": " + then);
                followed++;
            }
        }
        assertTrue(followed > 20, "too little advice: " + followed);
    }

    /** The flags in the table of verdicts that are written as QEMU's. */
    private static List<String> texts() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("test/hv/itest/flags/verdicts.txt"))) {
            return lines.filter(line -> line.startsWith("intel |"))
                    .map(line -> line.split("\\|")[1].strip())
                    .filter(text -> text.startsWith("hv") || text.startsWith("host"))
                    .toList();
        }
    }
}
