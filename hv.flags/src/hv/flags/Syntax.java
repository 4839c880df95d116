package hv.flags;

/** How flags were written, or shall be. */
public enum Syntax {
    /** The argument of QEMU's {@code -cpu}. */
    QEMU("QEMU's -cpu flags"),
    /** A whole QEMU command line. */
    QEMU_LINE("a QEMU command line"),
    /** A libvirt domain, or its {@code <features>} or {@code <hyperv>}. */
    LIBVIRT("a libvirt domain"),
    /** Lines of a Proxmox configuration of a virtual machine. */
    PROXMOX("a Proxmox configuration");

    private final String title;

    Syntax(String title) {
        this.title = title;
    }

    /** A few words for people. */
    public String title() {
        return title;
    }
}
