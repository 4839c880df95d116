package hv.kvm.probe;

import hv.kvm.abi.Handle;
import hv.kvm.abi.Msr;
import hv.kvm.cpuid.CpuidEntry;
import hv.kvm.error.KvmException;
import java.util.List;

/**
 * Whether the kernel's paravirtual EOI does what it promises, found out by a guest of three instructions: an interrupt
 * waits when it starts, and the handler reports the word in which the kernel must have set bit 0 by then. A look from
 * outside would not do, since the kernel takes the bit back whenever the guest is left.
 *
 * <p>Trying is the only way to know. A kernel may take the MSR and never set the bit: where the processor virtualizes
 * the APIC, and where it is a KVM without hardware. On such a host each EOI by MSR is an exit to user space and costs
 * more than the kernel's own APIC does.
 */
public final class ExitlessEoi {
    private static final int KVM_FEATURES = 0x4000_0001;
    private static final int KVM_FEATURE_PV_EOI = 1 << 6;

    private static final int VECTOR = 0x50;
    private static final int HANDLER = 0x1100;
    private static final int WORD = 0x2000;
    private static final int NOT_INTERRUPTED = 0x10;
    private static final int INTERRUPTED = 0x11;

    /** {@code out %al, $NOT_INTERRUPTED}. */
    private static final byte[] GUEST_CODE = {(byte) 0xE6, NOT_INTERRUPTED};
    /** {@code mov WORD, %al; out %al, $INTERRUPTED}, 16-bit code. */
    private static final byte[] GUEST_HANDLER = {(byte) 0xA0, (byte) WORD, (byte) (WORD >> 8), (byte) 0xE6, INTERRUPTED
    };

    private ExitlessEoi() {}

    /**
     * Whether an interrupted guest was seen to be offered it. Takes some milliseconds.
     *
     * @param device the opened KVM device
     * @param supported its CPUID leaves
     */
    public static boolean isProven(Handle device, List<CpuidEntry> supported) {
        return isOffered(supported) && isSeen(device, supported);
    }

    private static boolean isOffered(List<CpuidEntry> supported) {
        return supported.stream()
                .anyMatch(entry -> entry.leaf() == KVM_FEATURES && (entry.eax() & KVM_FEATURE_PV_EOI) != 0);
    }

    private static boolean isSeen(Handle device, List<CpuidEntry> supported) {
        try (ProbeGuest guest = new ProbeGuest(device, supported)) {
            guest.load(ProbeGuest.CODE, GUEST_CODE);
            guest.load(HANDLER, GUEST_HANDLER);
            guest.start(VECTOR, HANDLER);
            if (!guest.vcpu().trySetMsr(Msr.KVM_PV_EOI_EN, WORD | 1)) {
                return false;
            }
            guest.interrupt(VECTOR);
            return (guest.runTo(INTERRUPTED).orElse(0) & 1) != 0;
        } catch (KvmException e) {
            return false;
        }
    }
}
