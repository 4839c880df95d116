package hv.kvm;

import hv.api.HostFacts;
import hv.kvm.abi.Handle;
import hv.kvm.abi.HostTsc;
import hv.kvm.abi.Ioctl;
import hv.kvm.abi.KvmDevice;
import hv.kvm.abi.Mapping;
import hv.kvm.abi.MemorySlots;
import hv.kvm.abi.MsrFilter;
import hv.kvm.abi.Vcpu;
import hv.kvm.error.KvmException;
import hv.kvm.interrupt.ApicState;
import hv.kvm.interrupt.InterruptLines;
import hv.kvm.interrupt.KvmApic;
import hv.kvm.interrupt.MsiTable;
import hv.kvm.probe.HostProbe;
import hv.kvm.vcpu.GuestTsc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything that a VM holds of the kernel: files, maps, memory. Made as a whole or not at all, given back as a whole.
 *
 * <p>The order is KVM's: interrupt controllers before vCPUs, the MSR filter before the first entry.
 */
final class VmResources implements AutoCloseable {
    /** From here to 4 GiB lie the APICs and what KVM wants. */
    private static final long DEVICES = 0xE000_0000L;

    private static final long PAGE_MASK = 4095;

    private static final int X2APIC_32BIT_IDS_WITHOUT_BROADCAST_QUIRK = 3;
    private static final int XAPIC_IDS = 255;

    final Handle device;
    final Handle vm;
    final MappedMemory memory;
    final List<Vcpu> vcpus = new ArrayList<>();
    final MsiTable msis;
    final InterruptLines lines;
    final List<ApicState> apicStates = new ArrayList<>();
    final List<KvmApic> apics = new ArrayList<>();
    final GuestTsc tsc;
    final HostFacts facts;
    final Arena arena = Arena.ofShared();

    private final List<Handle> opened = new ArrayList<>();

    VmResources(VmSpec spec, KvmApic.Observer observer) {
        try {
            device = keep(KvmDevice.open(spec.device()));
            HostTsc.require();
            HostMemory.requireRoomFor(spec.memoryBytes());
            int most = device.extension(KvmDevice.KVM_CAP_MAX_VCPUS);
            if (spec.vpCount() > most) {
                throw new KvmException(
                        "%d virtual processors: KVM on this host takes %d at most".formatted(spec.vpCount(), most));
            }
            vm = keep(new Handle(device.call(Ioctl.KVM_CREATE_VM, 0), "VM"));
            prepare(spec.vpCount());
            memory = MappedMemory.map(spec.memoryBytes(), arena);
            MemorySlots.give(vm, 0, 0, memory.low());
            MemorySlots.give(vm, 1, MappedMemory.HIGH_BASE, memory.high());
            int runPageBytes = device.call(Ioctl.KVM_GET_VCPU_MMAP_SIZE, 0);
            for (int i = 0; i < spec.vpCount(); i++) {
                Vcpu vcpu = Vcpu.create(vm, i, runPageBytes, arena);
                keep(vcpu.handle());
                vcpus.add(vcpu);
            }
            facts = HostProbe.facts(device, vcpus.getFirst());
            msis = new MsiTable(vm, spec.vpCount(), arena);
            lines = new InterruptLines(vm, arena);
            for (Vcpu vcpu : vcpus) {
                ApicState state = new ApicState(vcpu, arena);
                apicStates.add(state);
                apics.add(new KvmApic(vcpu, state, msis, facts.exitlessEoi(), observer));
            }
            tsc = GuestTsc.of(vcpus);
        } catch (Throwable e) {
            close();
            throw e;
        }
    }

    private Handle keep(Handle handle) {
        opened.add(handle);
        return handle;
    }

    private void prepare(int vpCount) {
        MemorySlots.reserve(vm);
        vm.call(Ioctl.KVM_CREATE_IRQCHIP, 0);
        if (vpCount > XAPIC_IDS) {
            vm.enable(KvmDevice.KVM_CAP_X2APIC_API, X2APIC_32BIT_IDS_WITHOUT_BROADCAST_QUIRK);
        }
        MsrFilter.install(vm);
    }

    MemorySegment addHiddenMemory(long gpa, long bytes) {
        long end = gpa + bytes;
        boolean isAligned = (gpa & PAGE_MASK) == 0 && (bytes & PAGE_MASK) == 0;
        if (!isAligned || bytes <= 0 || gpa < memory.low().byteSize() || gpa >= end || end > DEVICES) {
            throw new IllegalArgumentException(
                    "%d bytes at 0x%x: not whole pages from the end of RAM to 0x%x".formatted(bytes, gpa, DEVICES));
        }
        MemorySegment hidden = Mapping.anonymous(bytes, arena);
        MemorySlots.give(vm, 2, gpa, hidden);
        return hidden;
    }

    /** Gives all back: the files, last opened first, then the maps. No vCPU may be in the guest. */
    @Override
    public void close() {
        for (Handle file : opened.reversed()) {
            file.close();
        }
        opened.clear();
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
