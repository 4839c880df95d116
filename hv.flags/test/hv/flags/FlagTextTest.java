package hv.flags;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.Problem;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FlagTextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "host,hv-time|QEMU|host,hv-time",
                "hv-vendor-id=KVM Hv,hv-time|QEMU|hv-vendor-id=KVM Hv,hv-time",
                "-cpu host,hv-time|QEMU_LINE|host,hv-time",
                "qemu-system-x86_64 -m 4G -cpu host,hv-time -smp 2|QEMU_LINE|host,hv-time",
                "/usr/bin/kvm -cpu 'host,hv-vendor-id=a b' -cpu \"max,hv-vendor-id=c d\"|QEMU_LINE|max,hv-vendor-id=c d",
                "qemu --cpu host\\,hv-time|QEMU_LINE|host,hv-time",
                "args: -cpu host,hv-time|PROXMOX|host,hv-time",
                "cpu: host,flags=+hv-evmcs;-pcid,hidden=1,hv-vendor-id=me|PROXMOX|host,+hv-evmcs,kvm=off,+kvm_pv_eoi,+kvm_pv_unhalt,-pcid",
                "cpu: cputype=kvm64|PROXMOX|kvm64,enforce,+kvm_pv_eoi,+kvm_pv_unhalt,+lahf_lm,+sep",
                "ostype: w2k8|PROXMOX|kvm64,enforce,hv_reset,hv_runtime,hv_spinlocks=0x1fff,hv_time,hv_vapic,hv_vpindex,+kvm_pv_eoi,+kvm_pv_unhalt,+lahf_lm,+sep",
                "<hyperv><relaxed state='on'/></hyperv>|LIBVIRT|hv-relaxed",
                "<features><hyperv><relaxed state='off'/></hyperv></features>|LIBVIRT|hv-relaxed=off",
                "<clock><timer name='hypervclock' present='no'/></clock>|LIBVIRT|hv-time=off",
                "<cpu mode='custom'><model>Skylake-Client</model><feature policy='disable' name='x2apic'/></cpu>|LIBVIRT|Skylake-Client,x2apic=off",
            })
    @DisplayName("The syntax is found out by looking, and all of them become a -cpu argument")
    void syntaxes(String text, Syntax syntax, String cpu) throws Exception {
        FlagText read = FlagText.of(text);
        assertEquals(syntax, read.syntax());
        assertEquals(cpu, read.flags().toString());
    }

    @Test
    @DisplayName("Flags may stand on several lines, with comments; a command line may go on behind a backslash")
    void lines() throws Exception {
        assertEquals(
                "host,hv-time,hv-relaxed",
                FlagText.of("# mine\nhost,hv-time,\r\n\n  hv-relaxed\n").flags().toString());
        assertEquals(
                "host,hv-time",
                FlagText.of("qemu-kvm \\\n -m 1G \\\r\n -cpu host,hv-time \\\n")
                        .flags()
                        .toString());
    }

    @Test
    @DisplayName("Proxmox: what args: says wins, and a snapshot's section is not looked at")
    void proxmox() throws Exception {
        assertEquals(
                "max",
                FlagText.of("args: -cpu max\ncpu: host\nostype: win11\n")
                        .flags()
                        .toString());
        assertEquals(
                "host,+kvm_pv_eoi,+kvm_pv_unhalt",
                FlagText.of("cpu: host\n[old]\nargs: -cpu max\n").flags().toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "qemu-system-x86_64 -m 4G",
                "args: -m 4G\nostype: l26",
                "<html><body/></html>",
                "<domain><features></domain>",
                "<domain",
                "<domain xmlns:q='a'><p:arg/></domain>",
                "<!DOCTYPE domain><domain/>",
                "host,\u0000hv-time",
                "host,\u001b[2Jhv-time",
                "<domain><features><hyperv><vendor_id state='on' value='a&#9;b'/></hyperv></features></domain>",
            })
    @DisplayName("What is no flags in any syntax is refused in one line")
    void refused(String text) {
        String message = assertThrows(UnusableTextException.class, () -> FlagText.of(text))
                .getMessage();
        assertFalse(message.isBlank());
        assertTrue(message.length() < 300, message);
        assertTrue(message.chars().noneMatch(Character::isISOControl), message);
    }

    @Test
    @DisplayName("A comma in an attribute would begin another flag for QEMU: the value is left out, and that is said")
    void comma() throws Exception {
        FlagText read = FlagText.of("<hyperv><vendor_id state='on' value='a,hv-crash'/></hyperv>");
        assertEquals("", read.flags().toString());
        assertEquals(1, read.problems().size());
        assertEquals(Problem.Severity.WILL_NOT_START, read.problems().get(0).severity());
    }
}
