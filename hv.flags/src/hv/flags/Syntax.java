package hv.flags;

/**
 * How flags were written, or shall be. To add one, write a {@link Format} and give it a constant here; formats are
 * asked in this order, so one with rarer marks stands before one with more common marks.
 */
public enum Syntax {
    /** A libvirt domain, or its {@code <features>} or {@code <hyperv>}. */
    LIBVIRT("a libvirt domain", new LibvirtFormat()),
    /** A virtual machine of KubeVirt's. */
    KUBEVIRT("a KubeVirt virtual machine", new KubeVirtFormat()),
    /** Lines of a Proxmox configuration of a virtual machine. */
    PROXMOX("a Proxmox configuration", new ProxmoxFormat()),
    /** A line of virt-install's. */
    VIRT_INSTALL("a virt-install line", new VirtInstallFormat()),
    /** A whole QEMU command line. */
    QEMU_LINE("a QEMU command line", new QemuLineFormat()),
    /** The argument of QEMU's {@code -cpu}. */
    QEMU("QEMU's -cpu flags", new ArgumentFormat());

    private final String title;
    private final Format format;

    Syntax(String title, Format format) {
        this.title = title;
        this.format = format;
    }

    /** A few words for people. */
    public String title() {
        return title;
    }

    Format format() {
        return format;
    }
}
