package hv.kvm;

import hv.api.CpuidTable;
import hv.api.HostFacts;
import hv.kvm.abi.Handle;
import hv.kvm.abi.Ioctl;
import hv.kvm.abi.KvmDevice;
import hv.kvm.abi.Vcpu;
import hv.kvm.cpuid.CpuidEntry;
import hv.kvm.error.KvmException;
import hv.kvm.probe.HostProbe;
import hv.kvm.probe.KernelHyperV;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What this host's KVM can do, without running a guest of anybody's. Called by a launcher before it chooses a back end.
 * Any thread.
 */
public final class Kvm {
    private Kvm() {}

    /** Why {@code /dev/kvm} cannot be used, in one line that says what to do about it; empty if it can. */
    public static Optional<String> whyUnusable() {
        return whyUnusable(KvmDevice.DEFAULT);
    }

    /** As {@link #whyUnusable()} for another device file. */
    public static Optional<String> whyUnusable(Path device) {
        try {
            KvmDevice.open(device).close();
            return Optional.empty();
        } catch (KvmException e) {
            return Optional.of(e.getMessage());
        } catch (LinkageError e) {
            return Optional.of("the C library or native access is missing (%s): run java with --enable-native-access, "
                            .formatted(e)
                    + "or run with --backend hosted");
        }
    }

    /** Why no guest on this host can have so much memory, in one line; empty if one can. */
    public static Optional<String> whyTooLarge(long memoryBytes) {
        try {
            HostMemory.requireRoomFor(memoryBytes);
            return Optional.empty();
        } catch (KvmException e) {
            return Optional.of(e.getMessage());
        }
    }

    /**
     * Whether this kernel's KVM has a Hyper-V of its own, which QEMU needs for hv-* flags and this program does not.
     *
     * @throws KvmException if KVM cannot be used
     */
    public static boolean hasOwnHyperV() {
        try (Handle device = KvmDevice.open(KvmDevice.DEFAULT)) {
            return device.extension(KvmDevice.KVM_CAP_HYPERV) != 0;
        }
    }

    /**
     * The leaves of this kernel's own Hyper-V, which is what QEMU can give a guest on this host; empty if it has none.
     *
     * @throws KvmException if KVM cannot be used
     */
    public static CpuidTable hyperVLeaves() {
        try (Handle device = KvmDevice.open(KvmDevice.DEFAULT)) {
            return KernelHyperV.leaves(device);
        }
    }

    /**
     * The facts that flags depend on, as a guest on this host would have them.
     *
     * @throws KvmException if KVM cannot be used
     */
    public static HostFacts facts() {
        try (Arena arena = Arena.ofShared();
                Handle device = KvmDevice.open(KvmDevice.DEFAULT);
                Handle vm = new Handle(device.call(Ioctl.KVM_CREATE_VM, 0), "VM")) {
            vm.call(Ioctl.KVM_CREATE_IRQCHIP, 0);
            int runPageBytes = device.call(Ioctl.KVM_GET_VCPU_MMAP_SIZE, 0);
            Vcpu vcpu = Vcpu.create(vm, 0, runPageBytes, arena);
            try {
                return HostProbe.facts(device, vcpu);
            } finally {
                vcpu.handle().close();
            }
        }
    }

    /**
     * The same facts as far as they are known without running a guest, which is quicker: whether EOIs without exits
     * work here is not, and is "no". For judging flags of another VMM, whose kernel does that.
     *
     * @throws KvmException if KVM cannot be used
     */
    public static HostFacts hardware() {
        try (Handle device = KvmDevice.open(KvmDevice.DEFAULT);
                Handle vm = new Handle(device.call(Ioctl.KVM_CREATE_VM, 0), "VM");
                Handle vcpu = new Handle(vm.call(Ioctl.KVM_CREATE_VCPU, 0), "vCPU 0")) {
            return HostProbe.hardware(CpuidEntry.supported(device), vcpu);
        }
    }
}
