package hv.flags;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Configurations that people have")
class CasesTest {
    private static FlagText of(String text) throws UnusableTextException {
        return FlagText.of(text);
    }

    private static FlagText ofCase(String name) throws UnusableTextException {
        return of(TextSource.read("@" + Path.of("test/hv/flags/cases", name), InputStream.nullInputStream()));
    }

    private static String refusal(String text) {
        String message =
                assertThrows(UnusableTextException.class, () -> of(text)).getMessage();
        assertEquals(1, message.lines().count(), message);
        return message;
    }

    private static String said(FlagText text) {
        return text.remarks() + " " + text.problems() + " " + text.unsaid();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a01-kubevirt-vmi.yaml | KUBEVIRT | host,hv-relaxed,hv-synic,hv-stimer,hv-time,hv-vpindex",
                "a03-virt-install-line.txt | VIRT_INSTALL | host,hv-relaxed,hv-stimer,hv-time",
                "a07-k8s-args-list.yaml | QEMU_LINE | host,hv_relaxed,hv_stimer",
                "b02-libvirt-log-apostrophe.txt | QEMU_LINE | host,hv-relaxed,hv-vpindex,hv-synic,hv-stimer",
                "b06-quoted-space.sh | QEMU_LINE | host,hv_relaxed,hv_vapic",
                "b08-no-accel.sh | QEMU_LINE | qemu64,hv_relaxed,hv_vapic,hv_spinlocks=0x1fff",
                "b10-hvf.sh | QEMU_LINE | host,hv-relaxed,hv-vapic,hv-time",
                "b12-syndbg-with-device.sh | QEMU_LINE | host,hv-relaxed,hv-vpindex,hv-synic,hv-syndbg",
                "b14-shell-array.sh | QEMU_LINE | host,kvm=on,hv_passthrough",
                "c02-two-fragments.xml | LIBVIRT | hv-relaxed,hv-time",
                "c04-hyperv-host-model.xml | LIBVIRT | host,hv-passthrough",
                "c06-cpu-host-model-rewritten.xml | LIBVIRT | host,hv-vpindex,hv-synic,hv-stimer",
                "c08-no-cpu-element.xml | LIBVIRT | qemu64,hv-relaxed,hv-vapic",
                "c12-aarch64.xml | LIBVIRT | host,hv-relaxed",
                "c14-tcg-relaxed.xml | LIBVIRT | qemu64,hv-relaxed,hv-vapic",
                "c16-domstatus.xml | LIBVIRT | host,hv-relaxed",
                "d02-ovmf-win7.conf | PROXMOX | host,+kvm_pv_eoi,+kvm_pv_unhalt",
                "d04-x-vga.conf | PROXMOX | host,hv_ipi,hv_relaxed,hv_reset,hv_runtime,hv_spinlocks=0x1fff,hv_stimer,hv_synic,hv_time,hv_vapic,"
                        + "hv_vendor_id=proxmox,hv_vpindex,kvm=off,+kvm_pv_eoi,+kvm_pv_unhalt",
                "d07-args-replaces-everything.conf | PROXMOX | host,kvm=off,hv_vendor_id=abc",
                "h02-passthrough.txt | QEMU | host,hv-passthrough",
            })
    @DisplayName("The flags are those that the program whose text it is gives QEMU")
    void flags(String name, Syntax syntax, String flags) throws Exception {
        FlagText text = ofCase(name);
        assertEquals(syntax, text.syntax());
        assertEquals(flags, text.flags().toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a01-kubevirt-vmi.yaml | has no field stimer in hyperv; write synictimer",
                "b02-libvirt-log-apostrophe.txt | started 2 times in this text; the last start, in line 8",
                "b06-quoted-space.sh | no property ' hv_relaxed'",
                "b08-no-accel.sh | no accelerator is named, so QEMU takes TCG",
                "b10-hvf.sh | the accelerator is hvf",
                "c04-hyperv-host-model.xml | needs libvirt 11.9",
                "c12-aarch64.xml | for x86 guests only, and this one is aarch64",
                "c14-tcg-relaxed.xml | they have no effect",
                "d02-ovmf-win7.conf | no hv-* flags for ostype: win7 with bios: ovmf",
                "d06-vendor-id-too-long.conf | 1 to 12 letters or digits",
                "d07-args-replaces-everything.conf | lost are: hv_ipi,hv_relaxed,hv_reset,hv_runtime,hv_spinlocks=0x1fff",
                "d09-custom-model.conf | cpu-models.conf",
            })
    @DisplayName("What decides how the flags fare is said")
    void said(String name, String piece) throws Exception {
        String said = said(ofCase(name));
        assertTrue(said.contains(piece), said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "host,hv-relaxed|FULL",
                "host,hv-relaxed,-hypervisor|UNSEEN",
                "qemu-system-x86_64 -m 4G -cpu max,hv-relaxed|NONE",
                "qemu-system-x86_64 -accel whpx -cpu max,hv-relaxed|NONE",
                "qemu-system-x86_64 -machine q35,accel=tcg -cpu max,hv-relaxed|NONE",
                "qemu-system-x86_64 -machine q35,accel=kvm:tcg -cpu max,hv-relaxed|FULL",
                "qemu-system-x86_64 $OPTS -cpu max,hv-relaxed|FULL",
                "qemu-kvm -m 4G -cpu host,hv-relaxed|FULL",
                "-cpu host,hv-relaxed|FULL",
                "<domain type='hvf'><features><hyperv><relaxed state='on'/></hyperv></features></domain>|NONE",
                "kvm: 0\u2028cpu: qemu64\u2028args: -cpu max,hv_relaxed|NONE",
            })
    @DisplayName("Without KVM the flags have no effect, and without the hypervisor bit nobody looks for them")
    void effect(String text, Effect effect) throws Exception {
        assertEquals(effect, of(text.replace('\u2028', '\n')).effect());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "VBoxManage modifyvm w --paravirtprovider hyperv|VirtualBox",
                "builder='hvm'\u2028viridian=1|Xen",
                "guest_os=\"windows\"\u2028disk_img=\"w/disk.qcow2\"|quickemu",
                "virtualHW.version = \"19\"|VMware",
                "Set-VMProcessor -VMName w -ExposeVirtualizationExtensions $true|Microsoft",
                "Vagrant.configure(\"2\") do |config|Vagrantfile",
                "cloud-hypervisor --cpus boot=2,kvm_hyperv=on|Cloud Hypervisor",
                "{\"execute\": \"query-cpu-model-expansion\"}|QMP",
                "0x40000003 0x00: eax=0x00000a72 ebx=00000030|cpuid --decode",
                "Hyper-V synthetic timers (hv-stimer) requires Hyper-V clocksources (hv-time)|hv explain",
                "hv-relaxed hv-time|separated by commas",
                "hello, world|nothing that is read",
                "# only a comment|nothing that is read",
                "-cpu|no value behind -cpu",
                "memory = 4096|nothing that is read",
                "I use hv-relaxed, and it works|nothing that is read",
                "host,hv-relaxed,$MORE|what $MORE stands for",
                "qemu-system-x86_64 -cpu \"$FLAGS\"|what $FLAGS stands for",
                "qemu-system-x86_64 -cpu host,${HV},kvm=off|what ${HV} stands for",
                "V=host,hv-time; qemu-system-x86_64 -cpu \"$V\"|instead of $V (line 1 has V=host,hv-time)",
                "V=(host hv-time)\u2028V=max\u2028V=b qemu-system-x86_64 -cpu ${V[0]}|write its value instead of ${V[0]}",
                "qemu-system-x86_64 -cpu `cat flags`|what `cat flags` stands for",
                "qemu-system-x86_64 -cpu {{ .Values.cpu }}|what {{ .Values.cpu }} stands for",
                "qemu-system-x86_64 -cpu help|lists CPU models",
                "qemu-system-x86_64 -m 4G -cpu|no value behind -cpu",
                "# qemu-system-x86_64 -cpu host,hv-relaxed\u2028qemu-system-x86_64 -m 4G|has no -cpu",
                "<domain type='xen'><features><viridian/></features></domain>|type 'xen' is not run by QEMU",
                "<domainCapabilities><domain>kvm</domain></domainCapabilities>|what a host offers",
                "cpu-model: mine\u2028    flags +hv-evmcs|custom CPU models",
                "apiVersion: kubevirt.io/v1\u2028kind: VirtualMachine\u2028spec: {running: true}|no features: or clock:",
                "apiVersion: kubevirt.io/v1\u2028spec: [|YAML cannot be read",
                "virt-install --name w --memory 4096|has no Hyper-V feature",
                "apiVersion: kubevirt.io/v1\u2028spec: {domain: {features: {hyperv: {spinlocks: {spinlocks: &a [[*a]]}}}}}|inside of",
                "apiVersion: kubevirt.io/v1\u2028spec: &s {domain: {features: {hyperv: {vendorid: {vendorid: {s: *s}}}}}}|inside of",
                "apiVersion: kubevirt.io/v1\u2028a: &a [x,x,x,x,x,x,x,x,x,x,x]\u2028b: &b [*a,*a,*a,*a,*a,*a]\u2028c: &c [*b,*b,*b,*b,*b,*b]\u2028d: &d [*c,*c,*c,*c,*c]\u2028e: [*d,*d,*d]|too much",
            })
    @DisplayName("What is no configuration that is read is refused in one line that says what it is, or what is read")
    void refused(String text, String piece) {
        String message = refusal(text.replace('\u2028', '\n'));
        assertTrue(message.contains(piece), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a05-vbox-line.txt", "b04-variable.sh"})
    @DisplayName("A case that cannot be read is refused")
    void refusedCases(String name) {
        assertThrows(UnusableTextException.class, () -> ofCase(name));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "qemu-system-x86_64 -cpu host,hv-time # mine, with hv-crash|host,hv-time",
                "['qemu-system-x86_64', '-cpu', 'host,hv-time']|host,hv-time",
                "[\"-accel\",\"kvm\",\"-cpu\",\"host,hv-time\"]|host,hv-time",
                "args: [ \"-cpu\", \"host,hv-time\" ]|host,hv-time",
                "ARGUMENTS: \"-device usb -cpu host,hv-time -m 4G\"|host,hv-time",
                "(cd /x && qemu-system-x86_64 -cpu host,hv-time)|host,hv-time",
                "ExecStart=/usr/bin/qemu-system-x86_64 -enable-kvm -cpu host,hv-time|host,hv-time",
                "it's a log that doesn't end\u2028/usr/bin/kvm -id 1 -cpu host,hv-time\u2028it isn't closed|host,hv-time",
                "#!/bin/sh\u2028#qemu-system-x86_64 -cpu max\u2028qemu-system-x86_64 -cpu host,hv-time|host,hv-time",
                "# qemu-system-x86_64 -cpu host,hv-time|host,hv-time",
                "OPTS=(-accel kvm)\u2028OPTS+=(-cpu host,hv-time)\u2028qemu-system-x86_64 \"${OPTS[@]}\"|host,hv-time",
                "qemu-system-x86_64 -cpu host,hv-time\u2028qemu-system-x86_64: -cpu max,hv-foo: not found|host,hv-time",
                "-cpu -hv-time|-hv-time",
                "args: -cpu 'host,hv-vendor-id=a -cpu b'|host,hv-vendor-id=a -cpu b",
                "C:\\qemu\\qemu-system-x86_64.exe -accel whpx -cpu max,hv-time|max,hv-time",
            })
    @DisplayName("Scripts, arrays, lists, units and logs: a command line is found in each")
    void shells(String text, String flags) throws Exception {
        assertEquals(flags, of(text.replace('\u2028', '\n')).flags().toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "<clock><timer name='hypervclock'/></clock>|``",
                "<stimer state='off'><direct state='on'/></stimer>|hv-stimer=off",
                "<domain><cpu mode='host-passthrough'/><name>a</name></domain><domain><features><hyperv><relaxed state='on'/></hyperv></features></domain>|qemu64,hv-relaxed",
                "<?xml version='1.0'?><domain/> <?xml version='1.0'?><domain><cpu mode='maximum'/></domain>|max",
                "<domainsnapshot><domain><cpu mode='host-passthrough'/></domain><inactiveDomain><cpu mode='maximum'/></inactiveDomain></domainsnapshot>|host",
                "# virsh dumpxml w\u2028<domain type='kvm'><cpu mode='host-passthrough'/></domain>|host",
                "<qemu:commandline><qemu:arg value='-cpu'/><qemu:arg value='host,hv-time'/></qemu:commandline>|host,hv-time",
                "<domain><os><type arch='i686'>hvm</type></os></domain>|qemu32",
                "<features><apic eoi='on'/><pmu state='off'/><kvm><hint-dedicated state='on'/></kvm></features>|kvm-pv-eoi=on,pmu=off,kvm-hint-dedicated=on",
                "<cpu mode='host-passthrough'><cache mode='passthrough'/></cpu>|host,host-cache-info=on,l3-cache=off",
            })
    @DisplayName("libvirt: several documents, what is around a domain, what has no default, what is not looked at")
    void libvirt(String text, String flags) throws Exception {
        assertEquals(flags, of(text.replace('\u2028', '\n')).flags().toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ostype: wxp;cpu: host|host,+kvm_pv_eoi,+kvm_pv_unhalt",
                "ostype: win11;kvm: 0;cpu: max|max",
                "ostype: win10;machine: pc-i440fx-2.11;cpu: host|host,hv_relaxed,hv_reset,hv_runtime,hv_spinlocks=0x1fff,hv_time,hv_vapic,hv_vpindex,+kvm_pv_eoi,+kvm_pv_unhalt",
                "ostype: l26;cpu: host,hv-vendor-id=abc|host,+kvm_pv_eoi,+kvm_pv_unhalt",
                "ostype: l26;cpu: x86-64-v2|qemu64,enforce,+kvm_pv_eoi,+kvm_pv_unhalt,+pni,+popcnt,+sse4.1,+sse4.2,+ssse3",
            })
    @DisplayName("Proxmox: the type of the system, the machine, the model and kvm: decide")
    void proxmox(String lines, String flags) throws Exception {
        assertEquals(flags, of(lines.replace(';', '\n')).flags().toString());
    }

    @Test
    @DisplayName("A piece of a domain is said to be one, and a type of system that Proxmox does not have to be none")
    void pieces() throws Exception {
        assertTrue(said(of("<hyperv><stimer state='on'/></hyperv>")).contains("a piece of a domain"));
        assertFalse(said(ofCase("c02-two-fragments.xml")).contains("a piece of a domain"));
        assertTrue(said(of("ostype: w2k22\ncpu: host")).contains("Proxmox has no ostype: w2k22"));
        assertFalse(said(of("ostype: l26\ncpu: host")).contains("Proxmox has no ostype"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cpu: host,flags=+hv-relaxed",
                "cpu: host,flags=+vmx;+aes",
                "cpu: host,hv-vendor-id=a_b",
                "cpu: host,foo=1"
            })
    @DisplayName("Proxmox refuses what is not in its list")
    void proxmoxRefuses(String line) throws Exception {
        assertTrue(said(of(line)).contains("Proxmox refuses"), () -> line);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"apiVersion\": \"kubevirt.io/v1\", \"spec\": {\"template\": {\"spec\": {\"domain\": {\"cpu\": {\"model\": \"Skylake-Client\"}, \"features\": {\"hyperv\": {\"ipi\": {}}}}}}}}|Skylake-Client,hv-ipi,hv-vpindex",
                "features:\u2028  hyperv:\u2028    spinlocks:\u2028      spinlocks: 8191\u2028    vendorid: {vendorid: abc}|host,hv-spinlocks=8191,hv-vendor-id=abc",
                "hyperv: {synictimer: {direct: {}}, vpindex: {enabled: false}}|host,hv-stimer,hv-stimer-direct,hv-vpindex=off,hv-synic",
                "hyperv: {evmcs: {}}|host,hv-evmcs,hv-vapic,vmx=on",
                "apiVersion: kubevirt.io/v1\u2028spec: {domain: {cpu: {features: [{name: vmx, policy: disable}]}, features: {hyperv: {evmcs: {}, vapic: {}}}}}|host,vmx=off,hv-evmcs,hv-vapic",
                "apiVersion: kubevirt.io/v1\u2028spec: {domain: {firmware: {bootloader: {efi: {}}}, features: {hyperv: {relaxed: {}}}}}|host,hv-relaxed",
                "apiVersion: kubevirt.io/v1\u2028spec: {domain: {features: {hypervPassthrough: {enabled: true}}, clock: {timer: {hyperv: {present: false}}}}}|host,hv-passthrough",
            })
    @DisplayName("KubeVirt: YAML and JSON, whole and in part; what others require is added unless it is switched off")
    void kubeVirt(String text, String flags) throws Exception {
        assertEquals(flags, of(text.replace('\u2028', '\n')).flags().toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bootloader: {efi: {}}}, features: {hyperv: {relaxed: {}}|true",
                "bootloader: {efi: {secureBoot: true}}}, features: {smm: {enabled: false}, hyperv: {relaxed: {}}|true",
                "bootloader: {efi: {secureBoot: false}}}, features: {hyperv: {relaxed: {}}|false",
                "bootloader: {efi: {}}}, features: {smm: {}, hyperv: {relaxed: {}}|false",
                "bootloader: {bios: {}}}, features: {hyperv: {relaxed: {}}|false",
            })
    @DisplayName("KubeVirt: secure boot is on with EFI unless it is switched off, and needs smm")
    void kubeVirtFirmware(String piece, boolean isTold) throws Exception {
        String text = "apiVersion: kubevirt.io/v1\nspec: {domain: {firmware: {" + piece + "}}}";
        assertEquals(isTold, said(of(text)).contains("features.smm"), text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--features hyperv_relaxed=on,hyperv_spinlocks=on,hyperv_spinlocks_retries=8191|host,hv-relaxed,hv-spinlocks=8191",
                "--features=hyperv.vendor_id.state=on,hyperv.vendor_id.value=abc --cpu max|max,hv-vendor-id=abc",
                "--cpu host-model,+vmx --features hyperv.relaxed.state=on,kvm.hidden.state=on|host,vmx=on,kvm=off,hv-relaxed",
                "--clock timer0.name=hypervclock,timer0.present=yes --panic hyperv|host,hv-time,hv-crash",
                "--qemu-commandline '-cpu host,hv-time'|host,hv-time",
            })
    @DisplayName("virt-install: both spellings of its options are the elements that it makes of them")
    void virtInstall(String options, String flags) throws Exception {
        assertEquals(flags, of("virt-install --name w " + options).flags().toString());
    }

    @Test
    @DisplayName("What is corrected in a domain stays what it was otherwise: its CPU, its clock, the mode")
    void kept() throws Exception {
        FlagText hostModel = ofCase("c06-cpu-host-model-rewritten.xml");
        String written = hostModel
                .write(hostModel.flags().with(FlagGrammar.read("hv-time")))
                .text();
        assertTrue(written.contains("<cpu mode='host-model' check='partial'/>"), written);
        assertTrue(written.contains("hypervclock"), written);
        String noCpu = ofCase("c08-no-cpu-element.xml")
                .write(FlagGrammar.read("qemu64,hv-relaxed"))
                .text();
        assertFalse(noCpu.contains("cpu"), noCpu);
        FlagText clock = of(
                "<domain><clock offset='localtime'><timer name='rtc' tickpolicy='catchup'/></clock><features><hyperv><relaxed state='on'/></hyperv></features></domain>");
        String timers =
                clock.write(clock.flags().with(FlagGrammar.read("hv-time"))).text();
        assertTrue(timers.contains("<clock offset='localtime'>") && timers.contains("catchup"), timers);
        FlagText mode = ofCase("c04-hyperv-host-model.xml");
        assertTrue(mode.write(mode.flags()).text().contains("<hyperv mode='host-model'>"));
    }

    @Test
    @DisplayName(
            "libvirt has elements for the PMU, caches and PV EOI, and none for a few retries: nothing is lost unsaid")
    void toLibvirt() throws Exception {
        Written features = FlagWriter.write(
                Syntax.LIBVIRT, ofCase("e01-to-libvirt-features.txt").flags());
        assertEquals(List.of(), features.notes());
        for (String piece : new String[] {"<pmu state='on'/>", "<apic eoi='on'/>", "<cache mode='passthrough'/>"}) {
            assertTrue(features.text().contains(piece), features.text());
        }
        assertFalse(features.text().contains("<feature "), features.text());
        Written retries = FlagWriter.write(
                Syntax.LIBVIRT, ofCase("e02-to-libvirt-spinlocks.txt").flags());
        assertFalse(retries.text().contains("spinlocks"), retries.text());
        assertEquals(1, retries.notes().size());
    }

    @Test
    @DisplayName("Whatever is written in a syntax is read again as the same flags")
    void readAgain() throws Exception {
        String flags =
                "host,hv-relaxed,hv-vapic,hv-spinlocks=8191,hv-vpindex,hv-synic,hv-time,hv-stimer,hv-vendor-id=abc";
        for (Syntax syntax : Syntax.values()) {
            Written written = FlagWriter.write(syntax, FlagGrammar.read(flags));
            if (syntax == Syntax.VIRT_INSTALL) {
                continue; // written as a domain's elements
            }
            FlagText read = of(written.text());
            assertEquals(syntax, read.syntax());
            assertEquals(
                    Set.of(flags.split(",")), Set.of(read.flags().toString().split(",")), written.text());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"hv-crash", "hv-stimer-direct", "hv-passthrough,hv-relaxed", "hv-tlbflush=off,hv-tlbflush-ext"})
    @DisplayName("KubeVirt: what it has no field for is said")
    void kubeVirtNotes(String flags) {
        assertEquals(
                1,
                FlagWriter.write(Syntax.KUBEVIRT, FlagGrammar.read(flags))
                        .notes()
                        .size());
    }

    @Test
    @DisplayName("KubeVirt: what is to be changed is one line that is YAML")
    void kubeVirtChange() throws Exception {
        String line = FlagWriter.change(
                Syntax.KUBEVIRT,
                FlagGrammar.read("hv-vpindex,hv-spinlocks=8191,hv-synic,hv-stimer,hv-stimer-direct,hv-time"));
        assertEquals(
                "features: {hyperv: {vpindex: {}, spinlocks: {spinlocks: 8191}, synic: {}, synictimer: {direct: {}}}},"
                        + " clock: {timer: {hyperv: {}}}",
                line);
        assertEquals(1, Yaml.documents("{" + line + "}").size());
    }

    @Test
    @DisplayName("What a version of libvirt does not know yet is named")
    void versions() throws Exception {
        FlagText text = of("<hyperv mode='custom'><relaxed state='on'/><xmm_input state='on'/></hyperv>");
        assertEquals(
                List.of("version 9.0 does not know <xmm_input>, which is there since 10.7"),
                text.tooNewFor(Release.of("9.0")).stream()
                        .map(problem -> problem.reason())
                        .collect(Collectors.toList()));
        assertEquals(List.of(), text.tooNewFor(Release.of("10.7.0")));
    }
}
