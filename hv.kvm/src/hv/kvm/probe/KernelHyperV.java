package hv.kvm.probe;

import hv.api.CpuidTable;
import hv.kvm.abi.Handle;
import hv.kvm.abi.Ioctl;
import hv.kvm.abi.KvmDevice;
import hv.kvm.abi.Vcpu;
import hv.kvm.cpuid.CpuidEntry;
import java.lang.foreign.Arena;
import java.util.List;

/** What the kernel's own Hyper-V can show to a guest, which QEMU builds upon and this program does not. */
public final class KernelHyperV {
    private KernelHyperV() {}

    /**
     * Its leaves; empty if the kernel has no Hyper-V. An older kernel answers a vCPU only, so that one is made.
     *
     * @param device the opened KVM device
     */
    public static CpuidTable leaves(Handle device) {
        if (device.extension(KvmDevice.KVM_CAP_HYPERV) == 0) {
            return CpuidTable.EMPTY;
        }
        if (device.extension(KvmDevice.KVM_CAP_SYS_HYPERV_CPUID) != 0) {
            return table(CpuidEntry.ofHyperV(device));
        }
        try (Arena arena = Arena.ofConfined();
                Handle vm = new Handle(device.call(Ioctl.KVM_CREATE_VM, 0), "VM of a probe")) {
            vm.call(Ioctl.KVM_CREATE_IRQCHIP, 0);
            Vcpu vcpu = Vcpu.create(vm, 0, device.call(Ioctl.KVM_GET_VCPU_MMAP_SIZE, 0), arena);
            try (Handle handle = vcpu.handle()) {
                return table(CpuidEntry.ofHyperV(handle));
            }
        }
    }

    /** Only leaves of the hypervisor's range, each once. */
    static CpuidTable table(List<CpuidEntry> entries) {
        return new CpuidTable(entries.stream()
                .filter(entry -> (entry.leaf() & 0xFFFF_FF00) == 0x4000_0000)
                .map(entry -> new CpuidTable.Leaf(entry.leaf(), entry.eax(), entry.ebx(), entry.ecx(), entry.edx()))
                .distinct()
                .toList());
    }
}
