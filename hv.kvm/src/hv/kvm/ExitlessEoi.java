package hv.kvm;

import hv.api.host.CpuidTable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Whether the kernel's paravirtual EOI does what it promises, found out by a guest of three instructions on a VM of its
 * own: an interrupt waits when it starts, and the handler reports the word in which the kernel must have set bit 0 by
 * then. A look from outside would not do, since the kernel takes the bit back whenever the guest is left.
 *
 * <p>Trying is the only way to know. A kernel may take the MSR and never set the bit: where the processor virtualizes
 * the APIC, and where it is a KVM without hardware. On such a host each EOI by MSR is an exit to user space and costs
 * more than the kernel's own APIC does.
 */
final class ExitlessEoi {
    /** Its value is the address of a word in RAM, and bit 0: enabled. */
    static final int MSR_KVM_PV_EOI_EN = 0x4b56_4d04;

    private static final int KVM_FEATURES = 0x4000_0001;
    private static final int KVM_FEATURE_PV_EOI = 1 << 6;

    private static final long MEMORY_BYTES = 0x4000;
    private static final int VECTOR = 0x50;
    private static final int CODE = 0x1000;
    private static final int HANDLER = 0x1100;
    private static final int WORD = 0x2000;
    private static final int NOT_INTERRUPTED = 0x10;
    private static final int INTERRUPTED = 0x11;
    private static final long IF = 0x200;

    /** {@code out %al, $NOT_INTERRUPTED}. */
    private static final byte[] GUEST_CODE = {(byte) 0xE6, NOT_INTERRUPTED};
    /** {@code mov WORD, %al; out %al, $INTERRUPTED}, 16-bit code. */
    private static final byte[] GUEST_HANDLER = {(byte) 0xA0, (byte) WORD, (byte) (WORD >> 8), (byte) 0xE6, INTERRUPTED
    };

    /** An entry may come back for reasons that are not the guest's; none does so again and again. */
    private static final int MOST_ENTRIES = 16;

    private ExitlessEoi() {}

    /**
     * Whether an interrupted guest was seen to be offered it. Takes some milliseconds.
     *
     * @param device the opened KVM device
     * @param supported its CPUID leaves
     */
    static boolean isProven(Handle device, List<CpuidEntry> supported) {
        return isOffered(supported) && isSeen(device, supported);
    }

    private static boolean isOffered(List<CpuidEntry> supported) {
        return supported.stream()
                .anyMatch(entry -> entry.leaf() == KVM_FEATURES && (entry.eax() & KVM_FEATURE_PV_EOI) != 0);
    }

    private static boolean isSeen(Handle device, List<CpuidEntry> supported) {
        try (Arena arena = Arena.ofConfined();
                Handle vm = new Handle(device.call(Ioctl.KVM_CREATE_VM, 0), "VM of a probe")) {
            vm.call(Ioctl.KVM_SET_TSS_ADDR, VmResources.TSS_GPA);
            vm.call(Ioctl.KVM_CREATE_IRQCHIP, 0);
            MemorySegment memory = Mapping.anonymous(MEMORY_BYTES, arena);
            VmResources.giveMemory(vm, 0, 0, memory);
            load(memory);
            Vcpu vcpu = Vcpu.create(vm, 0, device.call(Ioctl.KVM_GET_VCPU_MMAP_SIZE, 0), arena);
            try {
                CpuidEntry.give(GuestCpuid.of(supported, CpuidTable.EMPTY, 0, 1, false, false), vcpu.handle());
                start(vcpu, arena);
                if (!vcpu.trySetMsr(MSR_KVM_PV_EOI_EN, WORD | 1)) {
                    return false;
                }
                new MsiTable(vm, 1, arena).send(0, VECTOR);
                return reportsTheBit(vcpu);
            } finally {
                vcpu.handle().close();
            }
        } catch (KvmException e) {
            return false;
        }
    }

    private static void load(MemorySegment memory) {
        memory.set(ValueLayout.JAVA_INT, 4L * VECTOR, HANDLER);
        MemorySegment.copy(GUEST_CODE, 0, memory, ValueLayout.JAVA_BYTE, CODE, GUEST_CODE.length);
        MemorySegment.copy(GUEST_HANDLER, 0, memory, ValueLayout.JAVA_BYTE, HANDLER, GUEST_HANDLER.length);
    }

    private static void start(Vcpu vcpu, Arena arena) {
        BootState boot = BootState.real(0, CODE).with(Register.RSP, CODE).with(Register.RFLAGS, IF | 2);
        SystemRegisters system = new SystemRegisters(arena);
        system.fetch(vcpu);
        system.enter(boot);
        system.store(vcpu);
        vcpu.registers(boot);
        new ApicState(vcpu, arena).enable();
    }

    private static boolean reportsTheBit(Vcpu vcpu) {
        for (int i = 0; i < MOST_ENTRIES; i++) {
            if (vcpu.enter()) {
                RunPage run = vcpu.runPage();
                return run.exitReason() == RunPage.KVM_EXIT_IO
                        && run.ioPort() == INTERRUPTED
                        && (run.ioData(0) & 1) != 0;
            }
        }
        return false;
    }
}
