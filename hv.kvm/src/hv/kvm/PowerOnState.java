package hv.kvm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Everything that a guest can change in a vCPU and its local APIC, read right after creation and put back at a reset:
 * KVM has no reset of its own. One per vCPU; used while the vCPU is out of the guest.
 */
final class PowerOnState {
    private static final int MSR_LIST_MAX = 1024;
    private static final int FIRST_SYNTHETIC_MSR = 0x4000_0000;
    private static final int SYNTHETIC_MSRS = 0x200;
    private static final int MSR_BATCH = 256;
    private static final int MSR_HEADER = 8;
    private static final int MSR_ENTRY = 16;

    private final Vcpu vcpu;
    private final SystemRegisters system;
    private final List<Part> parts;
    private final List<Msr> msrs;

    private record Part(Ioctl set, MemorySegment bytes) {}

    private record Msr(int number, long value) {}

    /** Reads the state of {@code vcpu}, whose CPUID is final. */
    PowerOnState(Vcpu vcpu, int[] msrNumbers, Arena arena) {
        this.vcpu = vcpu;
        this.system = new SystemRegisters(arena);
        // In the order in which they are put back: the APIC's registers need its base, and events may refer to it.
        this.parts = List.of(
                part(Ioctl.KVM_GET_SREGS, Ioctl.KVM_SET_SREGS, 312, arena),
                part(Ioctl.KVM_GET_XSAVE, Ioctl.KVM_SET_XSAVE, 4096, arena),
                part(Ioctl.KVM_GET_XCRS, Ioctl.KVM_SET_XCRS, 392, arena),
                part(Ioctl.KVM_GET_DEBUGREGS, Ioctl.KVM_SET_DEBUGREGS, 128, arena),
                part(Ioctl.KVM_GET_LAPIC, Ioctl.KVM_SET_LAPIC, 1024, arena),
                part(Ioctl.KVM_GET_VCPU_EVENTS, Ioctl.KVM_SET_VCPU_EVENTS, 64, arena));
        this.msrs = readMsrs(msrNumbers);
    }

    private Part part(Ioctl get, Ioctl set, int bytes, Arena arena) {
        // KVM_SET_XSAVE wants what KVM_GET_XSAVE gave, aligned as XSAVE wants it.
        MemorySegment segment = arena.allocate(bytes, 64);
        vcpu.handle().call(get, segment);
        return new Part(set, segment);
    }

    /**
     * Puts it back, then sets {@code boot} (the VP that starts) or has the vCPU wait for INIT and SIPI ({@code null}).
     */
    void restore(BootState boot) {
        vcpu.runnable(true);
        for (Part part : parts) {
            vcpu.handle().call(part.set(), part.bytes());
        }
        transfer(Ioctl.KVM_SET_MSRS, msrs, new ArrayList<>());
        enter(boot);
    }

    /** As {@link #restore} for a vCPU that has not run. */
    void enter(BootState boot) {
        if (boot == null) {
            vcpu.runnable(false);
            return;
        }
        system.fetch(vcpu);
        system.enter(boot);
        system.store(vcpu);
        vcpu.registers(boot);
        vcpu.runnable(true);
    }

    /**
     * The MSRs that hold guest state, as {@code device} lists them; not ours, and not the counter, which never changes.
     */
    static int[] msrNumbers(Handle device) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment list = arena.allocate(4 + 4 * MSR_LIST_MAX, 4);
            list.set(ValueLayout.JAVA_INT, 0, MSR_LIST_MAX);
            device.call(Ioctl.KVM_GET_MSR_INDEX_LIST, list);
            long bytes = 4L * list.get(ValueLayout.JAVA_INT, 0);
            return Arrays.stream(list.asSlice(4, bytes).toArray(ValueLayout.JAVA_INT))
                    .filter(PowerOnState::isState)
                    .toArray();
        }
    }

    private static boolean isState(int msr) {
        boolean synthetic = msr >= FIRST_SYNTHETIC_MSR && msr < FIRST_SYNTHETIC_MSR + SYNTHETIC_MSRS;
        return !synthetic && msr != GuestTsc.IA32_TIME_STAMP_COUNTER && msr != GuestTsc.IA32_TSC_ADJUST;
    }

    private List<Msr> readMsrs(int[] numbers) {
        List<Msr> read = new ArrayList<>();
        List<Msr> wanted = new ArrayList<>();
        for (int number : numbers) {
            wanted.add(new Msr(number, 0));
        }
        transfer(Ioctl.KVM_GET_MSRS, wanted, read);
        return List.copyOf(read);
    }

    /** Moves MSRs in as few calls as possible. KVM stops at one that it refuses; that one is passed over. */
    private void transfer(Ioctl request, List<Msr> wanted, List<Msr> done) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment block = arena.allocate(MSR_HEADER + (long) MSR_ENTRY * MSR_BATCH, 8);
            int next = 0;
            while (next < wanted.size()) {
                int count = Math.min(MSR_BATCH, wanted.size() - next);
                block.set(ValueLayout.JAVA_INT, 0, count);
                for (int i = 0; i < count; i++) {
                    long at = MSR_HEADER + (long) MSR_ENTRY * i;
                    block.set(ValueLayout.JAVA_INT, at, wanted.get(next + i).number());
                    block.set(
                            ValueLayout.JAVA_LONG, at + 8, wanted.get(next + i).value());
                }
                int moved = vcpu.handle().call(request, block);
                for (int i = 0; i < moved; i++) {
                    long at = MSR_HEADER + (long) MSR_ENTRY * i;
                    done.add(new Msr(block.get(ValueLayout.JAVA_INT, at), block.get(ValueLayout.JAVA_LONG, at + 8)));
                }
                next += moved == count ? count : moved + 1;
            }
        }
    }
}
