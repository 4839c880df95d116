package hv.kvm.state;

import hv.kvm.abi.Ioctl;

/**
 * A part of a vCPU's state that KVM gives and takes as one structure, in the order in which the parts are put back: the
 * APIC's registers need its base, which the system registers hold, and events may refer to the APIC. MSRs come between
 * the two, since the timer's deadline needs the timer's mode.
 *
 * <p>The system registers are those of KVM_GET_SREGS2: they hold the four page directory pointers of PAE paging, which
 * would otherwise be read from memory that may not be filled yet.
 */
enum CpuPart {
    SREGS(Ioctl.KVM_GET_SREGS2, Ioctl.KVM_SET_SREGS2),
    /** What the guest does as a hypervisor itself; its size is the kernel's affair. */
    NESTED(Ioctl.KVM_GET_NESTED_STATE, Ioctl.KVM_SET_NESTED_STATE),
    XSAVE(Ioctl.KVM_GET_XSAVE, Ioctl.KVM_SET_XSAVE),
    XCRS(Ioctl.KVM_GET_XCRS, Ioctl.KVM_SET_XCRS),
    DEBUGREGS(Ioctl.KVM_GET_DEBUGREGS, Ioctl.KVM_SET_DEBUGREGS),
    REGS(Ioctl.KVM_GET_REGS, Ioctl.KVM_SET_REGS),
    LAPIC(Ioctl.KVM_GET_LAPIC, Ioctl.KVM_SET_LAPIC),
    EVENTS(Ioctl.KVM_GET_VCPU_EVENTS, Ioctl.KVM_SET_VCPU_EVENTS);

    final Ioctl get;
    final Ioctl set;

    CpuPart(Ioctl get, Ioctl set) {
        this.get = get;
        this.set = set;
    }

    /** Size of the structure; of what stands in front of it where the kernel says how large it is. */
    int bytes() {
        return get.structureBytes();
    }

    /** The name in saved state. */
    String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
