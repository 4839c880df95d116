package hv.kvm.probe;

import hv.api.HostFacts;
import hv.kvm.abi.Handle;
import hv.kvm.abi.Ioctl;
import hv.kvm.abi.Vcpu;
import hv.kvm.cpuid.CpuidEntry;
import java.util.List;

/** The facts about this host that decide what a guest on it can be promised. */
public final class HostProbe {
    /** KVM's local APIC timer counts nanoseconds. */
    private static final long APIC_FREQUENCY_HZ = 1_000_000_000;

    private HostProbe() {}

    /**
     * Finds them out; takes some milliseconds.
     *
     * @param device the opened KVM device
     * @param vcpu any vCPU of it
     */
    public static HostFacts facts(Handle device, Vcpu vcpu) {
        List<CpuidEntry> supported = CpuidEntry.supported(device);
        return hardware(supported, vcpu.handle()).toBuilder()
                .exitlessEoi(ExitlessEoi.isProven(device, supported))
                .build();
    }

    /**
     * Those of them that no guest has to be run for: whether an EOI needs no exit is left open, as "no".
     *
     * @param supported what KVM says of its CPUs
     * @param vcpu any vCPU of it
     */
    public static HostFacts hardware(List<CpuidEntry> supported, Handle vcpu) {
        return HostFacts.builder(
                        HostCpu.vendor(supported), vcpu.call(Ioctl.KVM_GET_TSC_KHZ, 0) * 1000L, APIC_FREQUENCY_HZ)
                .everything()
                .smtPossible(HostCpu.smtPossible())
                .apicVirtualization(HostCpu.virtualizesApic())
                .exitlessEoi(false)
                .build();
    }
}
