package hv.flags;

import java.util.List;
import java.util.Optional;

/**
 * Where libvirt's domain XML has a flag that is an element of {@code <hyperv>}. hv-time, hv-crash and hv-passthrough
 * are elsewhere; the flags that libvirt has no word for are in no row.
 *
 * @param flag QEMU's name
 * @param parent the element it is in
 * @param element its element, with {@code state='on'}
 * @param attribute the attribute that holds its value; empty for a switch
 */
record LibvirtFlag(String flag, String parent, String element, String attribute) {
    static final String HYPERV = "hyperv";

    /** In the order of libvirt's schema. */
    static final List<LibvirtFlag> ALL = List.of(
            of("hv-relaxed", "relaxed"),
            of("hv-vapic", "vapic"),
            new LibvirtFlag("hv-spinlocks", HYPERV, "spinlocks", "retries"),
            of("hv-vpindex", "vpindex"),
            of("hv-runtime", "runtime"),
            of("hv-synic", "synic"),
            of("hv-stimer", "stimer"),
            new LibvirtFlag("hv-stimer-direct", "stimer", "direct", ""),
            of("hv-reset", "reset"),
            new LibvirtFlag("hv-vendor-id", HYPERV, "vendor_id", "value"),
            of("hv-frequencies", "frequencies"),
            of("hv-reenlightenment", "reenlightenment"),
            of("hv-tlbflush", "tlbflush"),
            new LibvirtFlag("hv-tlbflush-direct", "tlbflush", "direct", ""),
            new LibvirtFlag("hv-tlbflush-ext", "tlbflush", "extended", ""),
            of("hv-ipi", "ipi"),
            of("hv-evmcs", "evmcs"),
            of("hv-avic", "avic"),
            of("hv-emsr-bitmap", "emsr_bitmap"),
            of("hv-xmm-input", "xmm_input"));

    private static LibvirtFlag of(String flag, String element) {
        return new LibvirtFlag(flag, HYPERV, element, "");
    }

    static Optional<LibvirtFlag> ofElement(String parent, String element) {
        return ALL.stream()
                .filter(row -> row.parent.equals(parent) && row.element.equals(element))
                .findFirst();
    }

    static Optional<LibvirtFlag> ofFlag(String flag) {
        String name = flag.equals("hv-apicv") ? "hv-avic" : flag;
        return ALL.stream().filter(row -> row.flag.equals(name)).findFirst();
    }

    /** Whether it is inside another flag's element. */
    boolean isInner() {
        return !parent.equals(HYPERV);
    }
}
