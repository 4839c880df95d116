package hv.kvm.probe;

import hv.kvm.abi.Handle;
import hv.kvm.abi.HostTsc;
import hv.kvm.abi.Msr;
import hv.kvm.abi.Vcpu;
import hv.kvm.cpuid.CpuidEntry;
import hv.kvm.error.KvmException;
import java.util.List;
import java.util.OptionalInt;

/**
 * Whether the offset that KVM is given for a guest's time stamp counter is in what the guest's RDTSC reads, found out
 * by a guest that reads it. A KVM without hardware may take the offset, add it to the MSR, and let RDTSC read the
 * host's counter all the same.
 */
public final class TscOffset {
    private static final int PORT = 0x12;
    /** No time that a probe takes, and seen in the counter's upper half, 256 there. */
    private static final long FAR = 1L << 40;

    private static final long NEAR = 1;

    /** {@code rdtsc; mov %edx, %eax; out %eax, $PORT}, 16-bit code. */
    private static final byte[] GUEST_CODE = {0x0F, 0x31, 0x66, (byte) 0x89, (byte) 0xD0, 0x66, (byte) 0xE7, PORT};

    private TscOffset() {}

    /**
     * Whether a guest was seen to read it. Takes some milliseconds.
     *
     * @param device the opened KVM device
     * @param supported its CPUID leaves
     */
    public static boolean isProven(Handle device, List<CpuidEntry> supported) {
        try (ProbeGuest guest = new ProbeGuest(device, supported)) {
            long offset = move(guest.vcpu());
            guest.load(ProbeGuest.CODE, GUEST_CODE);
            guest.start(0, ProbeGuest.CODE);
            int expected = (int) (HostTsc.read() + offset >>> 32);
            OptionalInt told = guest.runTo(PORT);
            return told.isPresent() && Math.abs(told.getAsInt() - expected) <= NEAR;
        } catch (KvmException e) {
            return false;
        }
    }

    /** As it is done for a guest; returns what the counter is ahead of the host's. */
    private static long move(Vcpu vcpu) {
        if (vcpu.hasTscOffset()) {
            long offset = vcpu.tscOffset() + FAR;
            vcpu.tscOffset(offset);
            return offset;
        }
        vcpu.setMsr(Msr.IA32_TIME_STAMP_COUNTER, HostTsc.read() + FAR);
        return FAR;
    }
}
