package hv.evmcs;

import hv.api.nested.EvmcsField;
import hv.api.nested.Vmcs;

/**
 * What an L1 with an enlightened VMCS may use of VMX: features without a field in the page are hidden in the capability
 * MSRs, and refused at entry. Rules as in KVM. Pure functions; any thread.
 *
 * <p>Hidden: posted interrupts and the preemption timer (pin-based); tertiary controls; virtual APIC accesses,
 * APIC-register virtualization, virtual-interrupt delivery, PAUSE-loop exiting, VM functions, VMCS shadowing,
 * page-modification logging, EPT-violation #VE, mode-based EPT and whatever else is not on KVM's list (secondary);
 * saving the preemption timer (exit). TSC scaling has a field, but KVM hides it from L1.
 *
 * <p>Loading IA32_PERF_GLOBAL_CTRL has fields too, and is hidden unless CPUID 0x4000000A EBX bit 0 is shown, which QEMU
 * never does: Windows then fails to boot with it. An entry that uses it regardless is not refused, as in KVM.
 */
final class VmxCapabilities {
    static final int IA32_VMX_PINBASED_CTLS = 0x481;
    static final int IA32_VMX_PROCBASED_CTLS = 0x482;
    static final int IA32_VMX_EXIT_CTLS = 0x483;
    static final int IA32_VMX_ENTRY_CTLS = 0x484;
    static final int IA32_VMX_PROCBASED_CTLS2 = 0x48B;
    static final int IA32_VMX_TRUE_PINBASED_CTLS = 0x48D;
    static final int IA32_VMX_TRUE_PROCBASED_CTLS = 0x48E;
    static final int IA32_VMX_TRUE_EXIT_CTLS = 0x48F;
    static final int IA32_VMX_TRUE_ENTRY_CTLS = 0x490;
    static final int IA32_VMX_VMFUNC = 0x491;
    static final int IA32_VMX_PROCBASED_CTLS3 = 0x492;

    /** External interrupts, NMIs, virtual NMIs, and the bits that are always one. */
    private static final int PIN = 0x3F;

    /** All but tertiary controls (17) and the reserved bits 0 and 18. */
    private static final int PROCESSOR = ~(1 | 1 << 17 | 1 << 18);

    private static final int SECONDARY = 1 << 1 // EPT
            | 1 << 2 // descriptor-table exiting
            | 1 << 3 // RDTSCP
            | 1 << 4 // virtualize x2APIC mode
            | 1 << 5 // VPID
            | 1 << 6 // WBINVD exiting
            | 1 << 7 // unrestricted guest
            | 1 << 11 // RDRAND exiting
            | 1 << 12 // INVPCID
            | 1 << 15 // ENCLS exiting
            | 1 << 16 // RDSEED exiting
            | 1 << 19 // conceal VMX from PT
            | 1 << 20 // XSAVES
            | 1 << 24 // PT uses guest-physical addresses
            | 1 << 26 // user wait and pause
            | 1 << 30 // bus-lock detection
            | 1 << 31; // notify VM exit

    /** Bits 0 to 25 but saving the preemption timer (22). */
    private static final int EXIT = 0x03FF_FFFF & ~(1 << 22);

    /** Bits 0 to 18 but entry to SMM (10) and leaving dual-monitor treatment (11). */
    private static final int ENTRY = 0x0007_FFFF & ~(1 << 10 | 1 << 11);

    private static final int EXIT_LOAD_PERF_GLOBAL_CTRL = 1 << 12;
    private static final int ENTRY_LOAD_PERF_GLOBAL_CTRL = 1 << 13;

    private VmxCapabilities() {}

    /**
     * What an L1 with an enlightened VMCS reads from a VMX capability MSR.
     *
     * @param msr IA32_VMX_BASIC (0x480) to IA32_VMX_PROCBASED_CTLS3 (0x492); any other gives {@code value} back
     * @param value what the VMM offers: for controls, those that may be 0 in bits 31:0, those that may be 1 in bits
     *     63:32
     * @param hasPerfGlobalCtrl CPUID 0x4000000A EBX bit 0 as the guest sees it
     */
    public static long filter(int msr, long value, boolean hasPerfGlobalCtrl) {
        return switch (msr) {
            case IA32_VMX_PINBASED_CTLS, IA32_VMX_TRUE_PINBASED_CTLS -> allow(value, PIN);
            case IA32_VMX_PROCBASED_CTLS, IA32_VMX_TRUE_PROCBASED_CTLS -> allow(value, PROCESSOR);
            case IA32_VMX_PROCBASED_CTLS2 -> allow(value, SECONDARY);
            case IA32_VMX_EXIT_CTLS, IA32_VMX_TRUE_EXIT_CTLS ->
                allow(value, hasPerfGlobalCtrl ? EXIT : EXIT & ~EXIT_LOAD_PERF_GLOBAL_CTRL);
            case IA32_VMX_ENTRY_CTLS, IA32_VMX_TRUE_ENTRY_CTLS ->
                allow(value, hasPerfGlobalCtrl ? ENTRY : ENTRY & ~ENTRY_LOAD_PERF_GLOBAL_CTRL);
            // VM functions in bits 31:0, EPTP switching the first; KVM leaves the undefined bits 63:32.
            case IA32_VMX_VMFUNC -> value & 0xFFFF_FFFF_0000_0000L;
            case IA32_VMX_PROCBASED_CTLS3 -> 0;
            default -> value;
        };
    }

    /** Whether {@link #filter} ever changes {@code msr}: the VMX capability MSRs that a VMM has to intercept for it. */
    public static boolean isFiltered(int msr) {
        return filter(msr, -1, false) != -1;
    }

    private static long allow(long value, int mayBeOne) {
        return value & ((long) mayBeOne << 32 | 0xFFFF_FFFFL);
    }

    /**
     * Whether an L1 that sees hv-evmcs may enter L2 with these controls, be its VMCS enlightened or not; if not, the
     * entry ends with VMfailValid 7. Asked by {@link EnlightenedVmcs#enter} itself.
     */
    public static boolean areControlsSupported(int pin, int processor, int secondary, int exit, int entry) {
        return (pin & ~PIN | processor & ~PROCESSOR | secondary & ~SECONDARY | exit & ~EXIT | entry & ~ENTRY) == 0;
    }

    static boolean areControlsSupported(Vmcs vmcs) {
        return areControlsSupported(
                (int) vmcs.get(EvmcsField.PIN_CONTROLS),
                (int) vmcs.get(EvmcsField.PROCESSOR_CONTROLS),
                (int) vmcs.get(EvmcsField.SECONDARY_PROCESSOR_CONTROLS),
                (int) vmcs.get(EvmcsField.EXIT_CONTROLS),
                (int) vmcs.get(EvmcsField.ENTRY_CONTROLS));
    }
}
