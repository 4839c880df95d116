package hv.kvm.state;

import hv.kvm.abi.Handle;
import hv.kvm.abi.KvmDevice;
import hv.kvm.abi.Vcpu;
import hv.kvm.error.KvmException;
import hv.kvm.layout.KvmMpState;
import hv.kvm.layout.KvmNestedState;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads and writes the state of vCPUs: for resets, for saving and restoring. Stateless but for what this host's KVM is
 * like; any thread, while the vCPU is out of the guest and no exit is open.
 */
public final class CpuStates {
    /** KVM_SET_XSAVE wants its area aligned as XSAVE does. */
    private static final int ALIGNMENT = 64;

    private final Map<CpuPart, Integer> sizes = new LinkedHashMap<>();
    private final MsrList msrs;

    public CpuStates(Handle device) {
        int nested = device.extension(KvmDevice.KVM_CAP_NESTED_STATE);
        for (CpuPart part : CpuPart.values()) {
            int bytes = part == CpuPart.NESTED ? nested : part.bytes();
            if (bytes > 0) {
                sizes.put(part, bytes);
            }
        }
        this.msrs = new MsrList(device);
    }

    /** The parts that there are, with their sizes in bytes. */
    public Map<CpuPart, Integer> sizes() {
        return sizes;
    }

    /** @throws KvmException if KVM does not give it */
    CpuState read(Vcpu vcpu) {
        // First, because it has the kernel act on an INIT or SIPI that waits, which changes the rest.
        int mpState = vcpu.mpState();
        Map<CpuPart, byte[]> parts = new EnumMap<>(CpuPart.class);
        try (Arena arena = Arena.ofConfined()) {
            sizes.forEach((part, bytes) -> {
                MemorySegment structure = arena.allocate(bytes, ALIGNMENT);
                if (part == CpuPart.NESTED) {
                    structure.set(ValueLayout.JAVA_INT, KvmNestedState.SIZE, bytes);
                }
                vcpu.handle().call(part.get, structure);
                parts.put(part, structure.toArray(ValueLayout.JAVA_BYTE));
            });
        }
        return new CpuState(parts, msrs.read(vcpu), mpState);
    }

    /**
     * Puts {@code state} into a vCPU.
     *
     * @return what KVM refuses, as {@code sregs} or {@code MSR 0x174}; the vCPU then has some of it
     */
    Optional<String> write(Vcpu vcpu, CpuState state) {
        vcpu.tryMpState(KvmMpState.RUNNABLE);
        for (CpuPart part : sizes.keySet()) {
            if (part == CpuPart.EVENTS) {
                Optional<String> refused = msrs.write(vcpu, state.msrs());
                if (refused.isPresent()) {
                    return refused;
                }
            }
            if (!write(vcpu, part, state.parts().get(part))) {
                return Optional.of(part.label());
            }
        }
        return vcpu.tryMpState(state.mpState()) ? Optional.empty() : Optional.of("mpState");
    }

    private static boolean write(Vcpu vcpu, CpuPart part, byte[] bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment structure = arena.allocate(bytes.length, ALIGNMENT);
            MemorySegment.copy(bytes, 0, structure, ValueLayout.JAVA_BYTE, 0, bytes.length);
            return vcpu.handle().works(part.set, structure);
        }
    }
}
