package hv.flags;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Texts that people hand over and that are not read: those of other programs are called by their names, with what to
 * hand over instead.
 */
enum Stranger {
    /** Oracle's. */
    VIRTUALBOX(
            "(?i)\\bvboxmanage\\b|--paravirt-?provider\\b|<VirtualBox\\b",
            "this is VirtualBox', which has a Hyper-V interface of its own and none of QEMU's hv-* flags"),
    /** Xen's xl. */
    XL(
            "(?m)^[ \\t]*(viridian|firmware_override|builder|on_xend_start)\\s*=|^[ \\t]*type\\s*=\\s*[\"'](hvm|pvh)[\"']",
            "this is Xen's configuration for xl: Xen's viridian= is not QEMU's hv-* flags; for QEMU with KVM write -cpu host,hv-relaxed,..."),
    /** quickemu's. */
    QUICKEMU(
            "(?m)^[ \\t]*(guest_os|disk_img|fixed_iso)=|\\bquickemu\\b",
            "this is quickemu's configuration, which has no flags: quickemu chooses them by guest_os;"
                    + " hand over the QEMU command line that it writes next to the disk (NAME.sh)"),
    /** VMware's. */
    VMWARE(
            "(?mi)^[ \\t]*(virtualHW\\.version|guestOS|hypervisor\\.cpuid\\.v0|vhv\\.enable)\\s*=",
            "this is VMware's configuration, which has none of QEMU's hv-* flags"),
    /** Microsoft's own. */
    HYPER_V(
            "(?i)\\b(New-VM|Set-VM(Processor|Firmware)?|Get-VM)\\b",
            "this is Microsoft's Hyper-V itself, which needs no flags"),
    /** Vagrant's. */
    VAGRANT(
            "\\bVagrant\\.configure\\b",
            "this is a Vagrantfile; hand over the domain that it makes: virsh dumpxml NAME"),
    /** Terraform's. */
    TERRAFORM(
            "(?m)^[ \\t]*resource\\s+\"[^\"]+\"\\s+\"",
            "this is Terraform's; hand over what it makes: virsh dumpxml NAME, or Proxmox' /etc/pve/qemu-server/ID.conf"),
    /** Incus and LXD. */
    INCUS(
            "(?m)^[ \\t]*\"?raw\\.qemu(\\.conf)?\"?\\s*[:=]",
            "this is Incus' or LXD's configuration; hand over the command line of the QEMU that runs: ps -o args= -C qemu-system-x86_64"),
    /** Cloud Hypervisor's. */
    CLOUD_HYPERVISOR(
            "\\bcloud-hypervisor\\b|\\bkvm_hyperv\\s*[=:]",
            "this is Cloud Hypervisor's, which has one switch for Hyper-V (kvm_hyperv) and none of QEMU's hv-* flags"),
    /** FreeBSD's. */
    BHYVE("(?m)^[ \\t]*(bhyve|bhyvectl)\\s", "this is bhyve's, which has none of QEMU's hv-* flags"),
    /** Firecracker's. */
    FIRECRACKER(
            "\"boot-source\"\\s*:|\"machine-config\"\\s*:", "this is Firecracker's, which has no Hyper-V interface"),
    /** OpenStack's. */
    OPENSTACK(
            "(?m)^[ \\t]*\\|?\\s*(hw_machine_type|os_type)\\s*[=|]|\\bopenstack (image|flavor|server)\\b",
            "this is OpenStack's, which chooses the flags itself by os_type; hand over the domain that it makes: virsh dumpxml NAME"),
    /** A file for QEMU's -readconfig. */
    READCONFIG(
            "(?m)^\\[(machine|device|drive|accel|smp-opts|chardev|memory)\\b[^\\]]*\\]\\s*$",
            "this is a file for QEMU's -readconfig, which cannot hold -cpu; hand over the command line"),
    /** QEMU's protocol. */
    QMP(
            "\"(execute|QMP)\"\\s*:|\\bquery-cpu-model-expansion\\b",
            "this is QEMU's protocol (QMP) and not the start of a guest; hand over the flags, as host,hv-relaxed,hv-time"),
    /** CPUID leaves. */
    CPUID(
            "(?i)\\b0?x?40000[01][0-9a-f]{2}\\b.*\\b[0-9a-f]{8}\\b|privilege flags low",
            "these are CPUID leaves and not flags: hv cpuid --decode reads them"),
    /** QEMU's words about flags. */
    MESSAGE(
            "(?i)\\brequires Hyper-V\\b|kernel doesn't allow setting HyperV|is not supported by kernel|Hyper-V .*\\(hv-[a-z-]+\\)",
            "this is a message of QEMU's and no configuration: hv explain reads it; here hand over the line that started QEMU");

    private static final String READ =
            "QEMU's -cpu flags or whole command line, a libvirt domain, a Proxmox or KubeVirt configuration,"
                    + " or a virt-install line";
    private static final Pattern APART =
            Pattern.compile("[+-]?(x-)?hv[-_][\\w-]+(=\\S+)?(\\s+[+-]?(x-)?hv[-_][\\w-]+(=\\S+)?)+");
    private static final int LOOKED_AT = 64 * 1024;

    private final Pattern marks;
    private final String message;

    Stranger(String marks, String message) {
        this.marks = Pattern.compile(marks);
        this.message = message;
    }

    /** Why a text that has the marks of no format is not read. */
    static UnusableTextException refusal(String text) {
        String start = text.substring(0, Math.min(text.length(), LOOKED_AT));
        if (APART.matcher(start.strip()).matches()) {
            return new UnusableTextException("flags are separated by commas, without blanks: host,hv-relaxed,hv-time");
        }
        return List.of(values()).stream()
                .filter(stranger -> stranger.marks.matcher(start).find())
                .findFirst()
                .map(stranger -> new UnusableTextException(stranger.message + "; what is read: " + READ))
                .orElseGet(() -> new UnusableTextException("this is nothing that is read, which is: " + READ));
    }

    /** Whether a text has its marks. */
    boolean isIn(String text) {
        return marks.matcher(text).find();
    }
}
