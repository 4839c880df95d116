package hv.flags;

import java.util.List;
import java.util.Optional;

/**
 * Where libvirt's domain XML has a switch of the CPU that is not Hyper-V's but often stands beside its flags.
 *
 * @param flag QEMU's name
 * @param parent the element it is in
 * @param element its element
 * @param attribute the attribute, which is {@code on} or {@code off}
 */
record LibvirtSwitch(String flag, String parent, String element, String attribute) {
    static final List<LibvirtSwitch> ALL = List.of(
            new LibvirtSwitch("kvm-pv-eoi", "features", "apic", "eoi"),
            new LibvirtSwitch("pmu", "features", "pmu", "state"),
            new LibvirtSwitch("kvm-pv-unhalt", "features", "pvspinlock", "state"),
            new LibvirtSwitch("kvm-hint-dedicated", "kvm", "hint-dedicated", "state"),
            new LibvirtSwitch("kvm-poll-control", "kvm", "poll-control", "state"),
            new LibvirtSwitch("kvm-pv-ipi", "kvm", "pv-ipi", "state"));

    static Optional<LibvirtSwitch> ofElement(String parent, String element) {
        return ALL.stream()
                .filter(row -> row.parent.equals(parent) && row.element.equals(element))
                .findFirst();
    }

    static Optional<LibvirtSwitch> ofFlag(String flag) {
        return ALL.stream().filter(row -> row.flag.equals(flag)).findFirst();
    }

    /** What libvirt takes for its attribute if it is not there; null if it then does nothing. */
    String state(String given) {
        return given == null && parent.equals("features") && attribute.equals("state") ? "on" : given;
    }

    /** The element that says so. */
    String line(boolean isOn) {
        return "<%s %s='%s'/>".formatted(element, attribute, isOn ? "on" : "off");
    }
}
