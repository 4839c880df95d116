package hv.snapshot;

import hv.api.GuestFault;
import hv.api.host.GuestVp;

/** The MSRs that a guest sets, by their TLFS names, with values that none of them has after a reset. */
final class Msrs {
    private static final int HV_X64_MSR_GUEST_OS_ID = 0x4000_0000;
    private static final int HV_X64_MSR_HYPERCALL = 0x4000_0001;
    private static final int HV_X64_MSR_REFERENCE_TSC = 0x4000_0021;
    private static final int HV_X64_MSR_VP_ASSIST_PAGE = 0x4000_0073;
    private static final int HV_X64_MSR_SCONTROL = 0x4000_0080;
    private static final int HV_X64_MSR_SIEFP = 0x4000_0082;
    private static final int HV_X64_MSR_SIMP = 0x4000_0083;
    private static final int HV_X64_MSR_SINT0 = 0x4000_0090;
    private static final int HV_X64_MSR_STIMER0_CONFIG = 0x4000_00B0;
    private static final int HV_X64_MSR_STIMER0_COUNT = 0x4000_00B1;
    private static final int HV_X64_MSR_CRASH_P0 = 0x4000_0100;
    private static final int HV_X64_MSR_REENLIGHTENMENT_CONTROL = 0x4000_0106;
    private static final int HV_X64_MSR_TSC_EMULATION_CONTROL = 0x4000_0107;

    private Msrs() {}

    static void setAll(GuestVp vp, int index) throws GuestFault {
        long pages = 0x1_0000L + index * 0x1_0000L;
        if (index == 0) {
            vp.writeMsr(HV_X64_MSR_GUEST_OS_ID, 0x8100_0006_0001_0000L);
            vp.writeMsr(HV_X64_MSR_HYPERCALL, 0x5001);
            vp.writeMsr(HV_X64_MSR_REFERENCE_TSC, 0x6001);
            vp.writeMsr(HV_X64_MSR_REENLIGHTENMENT_CONTROL, 0x1_00E0);
            vp.writeMsr(HV_X64_MSR_TSC_EMULATION_CONTROL, 1);
            for (int i = 0; i < 5; i++) {
                vp.writeMsr(HV_X64_MSR_CRASH_P0 + i, 0xC0DE_0000L + i);
            }
        }
        vp.writeMsr(HV_X64_MSR_VP_ASSIST_PAGE, pages | 1);
        vp.writeMsr(HV_X64_MSR_SCONTROL, 1);
        vp.writeMsr(HV_X64_MSR_SIEFP, pages + 0x1000 | 1);
        vp.writeMsr(HV_X64_MSR_SIMP, pages + 0x2000 | 1);
        for (int sint = 0; sint < 16; sint++) {
            vp.writeMsr(HV_X64_MSR_SINT0 + sint, 0x40 + sint);
        }
        for (int timer = 0; timer < 4; timer++) {
            vp.writeMsr(HV_X64_MSR_STIMER0_CONFIG + 2 * timer, 0x3_0002 + ((long) timer << 16) | 1);
            vp.writeMsr(HV_X64_MSR_STIMER0_COUNT + 2 * timer, 10_000_000L + timer);
        }
    }
}
