package hv.kvm.layout;

/** {@code struct kvm_device_attr}: an attribute of a device, and where its value is. */
public final class KvmDeviceAttr {
    public static final long FLAGS = 0;
    public static final long GROUP = 4;
    public static final long ATTR = 8;
    public static final long ADDR = 16;

    /** Size of the structure. */
    public static final int BYTES = 24;

    private KvmDeviceAttr() {}
}
