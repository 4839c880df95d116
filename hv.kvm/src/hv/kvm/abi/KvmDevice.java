package hv.kvm.abi;

import hv.kvm.error.KvmException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * Opens the KVM device and checks that it can do what a partition needs; says in one line what is missing and what to
 * do.
 */
public final class KvmDevice {
    public static final Path DEFAULT = Path.of("/dev/kvm");

    static final int KVM_CAP_IRQCHIP = 0;
    static final int KVM_CAP_ADJUST_CLOCK = 39;
    public static final int KVM_CAP_HYPERV = 44;
    public static final int KVM_CAP_MAX_VCPUS = 66;
    public static final int KVM_CAP_TSC_DEADLINE_TIMER = 72;
    static final int KVM_CAP_SYNC_REGS = 74;
    static final int KVM_CAP_SIGNAL_MSI = 77;
    public static final int KVM_CAP_NESTED_STATE = 92;
    public static final int KVM_CAP_X2APIC_API = 129;
    static final int KVM_CAP_IMMEDIATE_EXIT = 136;
    static final int KVM_CAP_X86_USER_SPACE_MSR = 188;
    static final int KVM_CAP_X86_MSR_FILTER = 189;
    public static final int KVM_CAP_SYS_HYPERV_CPUID = 191;
    static final int KVM_CAP_SREGS2 = 200;

    private static final String HOSTED = "or run with --backend hosted";

    private KvmDevice() {}

    /**
     * Opens it.
     *
     * @throws KvmException if that fails, or if it lacks something
     */
    public static Handle open(Path path) {
        if (!"Linux".equals(System.getProperty("os.name")) || !"amd64".equals(System.getProperty("os.arch"))) {
            throw new KvmException("KVM needs Linux on x86-64, this is %s on %s: run with --backend hosted"
                    .formatted(System.getProperty("os.name"), System.getProperty("os.arch")));
        }
        Handle device = new Handle(openFile(path), path.toString());
        try {
            check(device);
        } catch (Throwable e) {
            device.close();
            throw e;
        }
        return device;
    }

    private static int openFile(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment capture = arena.allocate(LibC.CAPTURE);
            int fd = LibC.open(capture, arena.allocateFrom(path.toString()), LibC.O_RDWR | LibC.O_CLOEXEC);
            if (fd < 0) {
                throw cannotOpen(path, LibC.errno(capture));
            }
            return fd;
        }
    }

    public static KvmException cannotOpen(Path path, int errno) {
        String advice = switch (errno) {
            case Errno.EACCES, Errno.EPERM ->
                "add yourself to group kvm (sudo usermod -aG kvm $USER), then log in again, " + HOSTED;
            case Errno.ENOENT, Errno.ENODEV, Errno.ENXIO ->
                "load the module kvm_intel or kvm_amd, enable virtualization in the firmware, " + HOSTED;
            default -> Errno.advice(errno) + ", " + HOSTED;
        };
        return Errno.refusal("open(" + path + ")", errno, advice);
    }

    private static void check(Handle device) {
        int version = LibC.ioctlUnchecked(device.fd(), Ioctl.KVM_GET_API_VERSION.number, 0);
        if (version != 12) {
            throw new KvmException("%s does not speak version 12 of the KVM API (it answers %d): is it KVM? %s"
                    .formatted(device.what(), version, HOSTED));
        }
        need(device, KVM_CAP_IRQCHIP, "KVM_CAP_IRQCHIP");
        need(device, KVM_CAP_SIGNAL_MSI, "KVM_CAP_SIGNAL_MSI");
        need(device, KVM_CAP_IMMEDIATE_EXIT, "KVM_CAP_IMMEDIATE_EXIT");
        need(device, KVM_CAP_X86_USER_SPACE_MSR, "KVM_CAP_X86_USER_SPACE_MSR");
        need(device, KVM_CAP_X86_MSR_FILTER, "KVM_CAP_X86_MSR_FILTER");
        need(device, KVM_CAP_SREGS2, "KVM_CAP_SREGS2");
        if ((device.extension(KVM_CAP_SYNC_REGS) & 1) == 0) {
            throw lacks(device, "KVM_CAP_SYNC_REGS");
        }
    }

    private static void need(Handle device, int capability, String name) {
        if (device.extension(capability) == 0) {
            throw lacks(device, name);
        }
    }

    private static KvmException lacks(Handle device, String name) {
        return new KvmException("%s lacks %s: use Linux 5.15 or later, %s".formatted(device.what(), name, HOSTED));
    }
}
