package hv.crash;

import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.CpuidRegister;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.MsrRange;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.Privilege;
import hv.api.enlightenment.ProvidesEnlightenment;
import hv.api.enlightenment.Use;
import org.osgi.service.component.annotations.Component;

/**
 * hv-crash: a guest that crashes leaves five numbers in HV_X64_MSR_CRASH_P0 to P4 (0x40000100 to 0x40000104) and says
 * so through HV_X64_MSR_CRASH_CTL (0x40000105).
 *
 * <p>Windows puts the bug check code into P0 and its four parameters into the others. The five are plain 64-bit
 * registers of the partition: any VP may write and read them. A write to CTL with bit 63 (CrashNotify) reports what
 * they hold at that moment as {@link hv.api.PowerEvent.Crash}, to the VMM, the log and all listeners; the guest goes
 * on, to write its dump for one, until the VMM decides otherwise.
 *
 * <p>CTL holds nothing: it reads as the set of actions offered, bit 63 alone, and other bits written to it are ignored.
 * Bit 62 (CrashMessage: P3 and P4 are address and length of a text) is not offered, as in KVM, so Linux reports
 * registers: error code, its guest OS id, RIP, RAX, RSP. A guest that sets it all the same, together with bit 63, has
 * its text read and reported: up to a page, none if it is not in RAM (TLFS "Partitions: Partition Crash
 * Enlightenment").
 */
@Component(service = Enlightenment.class, property = "hv.enlightenment=crash")
@ServiceProvider(value = Enlightenment.class, resolution = "optional", effective = "active")
@ProvidesEnlightenment("crash")
public final class Crash implements Enlightenment {
    static final int HV_X64_MSR_CRASH_P0 = 0x4000_0100;
    static final int HV_X64_MSR_CRASH_P4 = 0x4000_0104;
    static final int HV_X64_MSR_CRASH_CTL = 0x4000_0105;

    private static final CpuidBits GUEST_CRASH_MSRS_AVAILABLE =
            CpuidBits.bit(CpuidBits.LEAF_FEATURES, CpuidRegister.EDX, 10, "GuestCrashMsrsAvailable");

    private static final Privilege CRASH_MSRS = Privilege.of(GUEST_CRASH_MSRS_AVAILABLE);

    private static final Descriptor DESCRIPTOR = Descriptor.of(Crash.class)
            .title("crash MSRs", "reports its bug check code and parameters when it crashes")
            .uses(Use.WINDOWS, Use.LINUX)
            .section("Partitions: Partition Crash Enlightenment")
            .cpuid(GUEST_CRASH_MSRS_AVAILABLE)
            .msr(new MsrRange(
                    HV_X64_MSR_CRASH_P0,
                    HV_X64_MSR_CRASH_P4,
                    "HV_X64_MSR_CRASH_P0",
                    MsrRange.Access.READ_WRITE,
                    CRASH_MSRS))
            .msr(MsrRange.of(HV_X64_MSR_CRASH_CTL, "HV_X64_MSR_CRASH_CTL", MsrRange.Access.READ_WRITE, CRASH_MSRS))
            .build();

    @Override
    public Descriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public Attachment attach(Partition partition) {
        return new CrashRegisters(partition);
    }
}
