package hv.kvm;

import hv.kvm.abi.KvmDevice;
import java.nio.file.Path;
import java.util.Objects;

/**
 * How large a VM is, and on which device. Immutable.
 *
 * @param memoryBytes guest RAM, a multiple of 4096, 1 MiB or more; what exceeds 3 GiB lies from 4 GiB
 * @param vpCount virtual processors, 1 or more
 * @param showKvmLeaves whether the guest finds KVM's own CPUID leaves too, at 0x40000100
 * @param device path of the KVM device
 */
public record VmSpec(long memoryBytes, int vpCount, boolean showKvmLeaves, Path device) {
    private static final long PAGE_BYTES = 4096;
    private static final long LEAST_BYTES = 1 << 20;
    private static final long MOST_BYTES = 1L << 44;

    /** Checks the ranges above. */
    public VmSpec {
        Objects.requireNonNull(device, "device");
        if (memoryBytes < LEAST_BYTES || memoryBytes > MOST_BYTES || memoryBytes % PAGE_BYTES != 0) {
            throw new IllegalArgumentException(
                    "guest memory of %d bytes: give a multiple of 4096 from 1 MiB to 16 TiB".formatted(memoryBytes));
        }
        if (vpCount < 1) {
            throw new IllegalArgumentException("%d virtual processors: give 1 or more".formatted(vpCount));
        }
    }

    /** On {@code /dev/kvm}, without KVM's leaves. */
    public static VmSpec of(long memoryBytes, int vpCount) {
        return new VmSpec(memoryBytes, vpCount, false, KvmDevice.DEFAULT);
    }
}
