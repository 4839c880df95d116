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
 * @param since the first libvirt that has the element
 */
record LibvirtFlag(String flag, String parent, String element, String attribute, Release since) {
    static final String HYPERV = "hyperv";

    /** In the order of libvirt's schema. */
    static final List<LibvirtFlag> ALL = List.of(
            of("hv-relaxed", "relaxed", "1.0"),
            of("hv-vapic", "vapic", "1.1"),
            new LibvirtFlag("hv-spinlocks", HYPERV, "spinlocks", "retries", Release.of("1.1")),
            of("hv-vpindex", "vpindex", "1.3.3"),
            of("hv-runtime", "runtime", "1.3.3"),
            of("hv-synic", "synic", "1.3.3"),
            of("hv-stimer", "stimer", "1.3.3"),
            new LibvirtFlag("hv-stimer-direct", "stimer", "direct", "", Release.of("5.7")),
            of("hv-reset", "reset", "1.3.3"),
            new LibvirtFlag("hv-vendor-id", HYPERV, "vendor_id", "value", Release.of("1.3.3")),
            of("hv-frequencies", "frequencies", "4.7"),
            of("hv-reenlightenment", "reenlightenment", "4.7"),
            of("hv-tlbflush", "tlbflush", "4.7"),
            new LibvirtFlag("hv-tlbflush-direct", "tlbflush", "direct", "", Release.of("11.0")),
            new LibvirtFlag("hv-tlbflush-ext", "tlbflush", "extended", "", Release.of("11.0")),
            of("hv-ipi", "ipi", "4.10"),
            of("hv-evmcs", "evmcs", "4.10"),
            of("hv-avic", "avic", "8.10"),
            of("hv-emsr-bitmap", "emsr_bitmap", "10.7"),
            of("hv-xmm-input", "xmm_input", "10.7"));

    private static LibvirtFlag of(String flag, String element, String since) {
        return new LibvirtFlag(flag, HYPERV, element, "", Release.of(since));
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

    /** The one whose element is called so. */
    static Optional<LibvirtFlag> ofTitle(String title) {
        return ALL.stream().filter(row -> row.title().equals(title)).findFirst();
    }

    /** Its element for people. */
    String title() {
        return "<%s>".formatted(isInner() ? parent + "><" + element : element);
    }

    /** Whether it is inside another flag's element. */
    boolean isInner() {
        return !parent.equals(HYPERV);
    }
}
