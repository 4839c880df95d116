package hv.kvm;

import hv.api.host.HostFacts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything that a VM holds of the kernel: files, maps, memory. Made as a whole or not at all, given back as a whole.
 *
 * <p>The order is KVM's: interrupt controllers before vCPUs, the MSR filter before the first entry.
 */
final class VmResources implements AutoCloseable {
    /**
     * Three pages that KVM wants on Intel for a task state segment, and one for an identity map: above all RAM below 4
     * GiB.
     */
    static final long TSS_GPA = 0xFFFB_D000L;

    private static final long IDENTITY_MAP_GPA = 0xFFFB_C000L;

    /** From here to 4 GiB lie the APICs and what KVM wants. */
    private static final long DEVICES = 0xE000_0000L;

    private static final long PAGE_MASK = 4095;

    /** KVM counts the pages of a piece of memory in 31 bits. */
    private static final long MOST_SLOT_BYTES = ((1L << 31) - 1) * 4096;

    private static final int KVM_MSR_EXIT_REASON_FILTER = 4;
    private static final int KVM_MSR_FILTER_READ = 1;
    private static final int KVM_MSR_FILTER_WRITE = 2;
    private static final int FILTER_BYTES = 0x188;
    private static final int FIRST_SYNTHETIC_MSR = 0x4000_0000;
    private static final int SYNTHETIC_MSRS = 0x200;
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
            giveMemory(0, 0, memory.low());
            giveMemory(1, MappedMemory.HIGH_BASE, memory.high());
            int runPageBytes = device.call(Ioctl.KVM_GET_VCPU_MMAP_SIZE, 0);
            for (int i = 0; i < spec.vpCount(); i++) {
                Vcpu vcpu = Vcpu.create(vm, i, runPageBytes, arena);
                keep(vcpu.handle());
                vcpus.add(vcpu);
            }
            facts = Kvm.facts(device, vcpus.getFirst());
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
        vm.call(Ioctl.KVM_SET_TSS_ADDR, TSS_GPA);
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment address = scratch.allocateFrom(ValueLayout.JAVA_LONG, IDENTITY_MAP_GPA);
            vm.call(Ioctl.KVM_SET_IDENTITY_MAP_ADDR, address);
        }
        vm.call(Ioctl.KVM_CREATE_IRQCHIP, 0);
        if (vpCount > XAPIC_IDS) {
            vm.enable(KvmDevice.KVM_CAP_X2APIC_API, X2APIC_32BIT_IDS_WITHOUT_BROADCAST_QUIRK);
        }
        vm.enable(KvmDevice.KVM_CAP_X86_USER_SPACE_MSR, KVM_MSR_EXIT_REASON_FILTER);
        filterMsrs();
    }

    /** A cleared bit in a range's bitmap sends the access to user space; what is in no range stays KVM's. */
    private void filterMsrs() {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment filter = scratch.allocate(FILTER_BYTES, 8);
            MemorySegment denied = scratch.allocate(SYNTHETIC_MSRS / 8, 8);
            int both = KVM_MSR_FILTER_READ | KVM_MSR_FILTER_WRITE;
            range(filter, 0, both, FIRST_SYNTHETIC_MSR, SYNTHETIC_MSRS, denied);
            range(filter, 1, KVM_MSR_FILTER_WRITE, GuestTsc.IA32_TIME_STAMP_COUNTER, 1, denied);
            range(filter, 2, KVM_MSR_FILTER_WRITE, GuestTsc.IA32_TSC_ADJUST, 1, denied);
            vm.call(Ioctl.KVM_X86_SET_MSR_FILTER, filter);
        }
    }

    private static void range(MemorySegment filter, int index, int flags, int first, int count, MemorySegment bitmap) {
        long at = 8 + 24L * index;
        filter.set(ValueLayout.JAVA_INT, at, flags);
        filter.set(ValueLayout.JAVA_INT, at + 4, count);
        filter.set(ValueLayout.JAVA_INT, at + 8, first);
        filter.set(ValueLayout.JAVA_LONG, at + 16, bitmap.address());
    }

    private void giveMemory(int slot, long gpa, MemorySegment region) {
        giveMemory(vm, slot, gpa, region);
    }

    /** Has a VM's guest find {@code region} at {@code gpa}. */
    static void giveMemory(Handle vm, int slot, long gpa, MemorySegment region) {
        if (region.byteSize() == 0) {
            return;
        }
        if (region.byteSize() > MOST_SLOT_BYTES) {
            throw new KvmException(
                    "guest memory of %d MiB in one piece: KVM takes less than %d MiB: give the guest less memory"
                            .formatted(region.byteSize() >> 20, MOST_SLOT_BYTES >> 20));
        }
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment slots = scratch.allocate(32, 8);
            slots.set(ValueLayout.JAVA_INT, 0, slot);
            slots.set(ValueLayout.JAVA_LONG, 8, gpa);
            slots.set(ValueLayout.JAVA_LONG, 16, region.byteSize());
            slots.set(ValueLayout.JAVA_LONG, 24, region.address());
            vm.call(Ioctl.KVM_SET_USER_MEMORY_REGION, slots);
        }
    }

    MemorySegment addHiddenMemory(long gpa, long bytes) {
        long end = gpa + bytes;
        boolean isAligned = (gpa & PAGE_MASK) == 0 && (bytes & PAGE_MASK) == 0;
        if (!isAligned || bytes <= 0 || gpa < memory.low().byteSize() || gpa >= end || end > DEVICES) {
            throw new IllegalArgumentException(
                    "%d bytes at 0x%x: not whole pages from the end of RAM to 0x%x".formatted(bytes, gpa, DEVICES));
        }
        MemorySegment hidden = Mapping.anonymous(bytes, arena);
        giveMemory(2, gpa, hidden);
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
