package hv.time;

import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.CpuidRegister;
import hv.api.Problem;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.Configuration;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.MsrRange;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.Privilege;
import hv.api.enlightenment.ProvidesEnlightenment;
import hv.api.enlightenment.Use;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Component;

/**
 * hv-time: partition reference time, in units of 100 ns since the partition was built, to be had in two ways.
 *
 * <p><b>The counter.</b> HV_X64_MSR_TIME_REF_COUNT (0x40000020) reads as the time now. It is read-only; a write is #GP.
 *
 * <p><b>The page.</b> A guest that writes the address of one of its pages, with bit 0 set, to HV_X64_MSR_REFERENCE_TSC
 * (0x40000021) finds in that page, before its WRMSR ends:
 *
 * <pre>
 *   +0   TscSequence   32 bits   0: not valid, read the counter instead
 *   +4   reserved      32 bits   0
 *   +8   TscScale      64 bits   ticks of 100 ns per TSC tick, times 2^64
 *   +16  TscOffset     64 bits   signed
 * </pre>
 *
 * and from then on computes the time without an exit: {@code time = high64(tsc * TscScale) + TscOffset}, the product
 * unsigned, 128 bits wide and truncated, the sum wrapping. Counter and page agree to the tick, because both are the
 * partition's {@link hv.api.enlightenment.ReferenceClock}, which is that very line.
 *
 * <p><b>The sequence.</b> The guest reads TscSequence, the TSC, scale and offset, and TscSequence again, and starts
 * over if it has changed. So whoever writes the page first stores sequence 0, then scale and offset, then a new
 * sequence: the old one plus 1, where 0 and 0xFFFFFFFF are skipped (older guests take the latter for "not valid" too).
 * The old one is read from the page, so a fresh page gets 1, and the same page registered again 2.
 *
 * <p><b>As KVM does it.</b> The register takes any value without a fault: bits 11:1 are stored and mean nothing, a page
 * outside RAM is stored and left alone. Clearing bit 0 leaves the page as it is, its sequence still valid. The page is
 * plain guest RAM, where the TLFS would lay one over it.
 *
 * <p><b>After a restore</b> the line may be another one, on another host. The page is written anew, by the same rules,
 * before any VP enters the guest (TLFS "Timers: Reference Counter", "Partition Reference Time Enlightenment").
 */
@Component(service = Enlightenment.class, property = "hv.enlightenment=time")
@ServiceProvider(value = Enlightenment.class, resolution = "optional", effective = "active")
@ProvidesEnlightenment("time")
public final class Time implements Enlightenment {
    static final int HV_X64_MSR_TIME_REF_COUNT = 0x4000_0020;
    static final int HV_X64_MSR_REFERENCE_TSC = 0x4000_0021;

    private static final CpuidBits ACCESS_PARTITION_REFERENCE_COUNTER =
            CpuidBits.bit(CpuidBits.LEAF_FEATURES, CpuidRegister.EAX, 1, "AccessPartitionReferenceCounter");

    private static final CpuidBits ACCESS_PARTITION_REFERENCE_TSC =
            CpuidBits.bit(CpuidBits.LEAF_FEATURES, CpuidRegister.EAX, 9, "AccessPartitionReferenceTsc");

    private static final Descriptor DESCRIPTOR = Descriptor.of(Time.class)
            .title("reference time", "reads one steady clock, most often without leaving the guest")
            .uses(Use.ESSENTIAL, Use.WINDOWS, Use.LINUX)
            .section("Timers: Reference Counter, Partition Reference Time Enlightenment")
            .cpuid(ACCESS_PARTITION_REFERENCE_COUNTER)
            .cpuid(ACCESS_PARTITION_REFERENCE_TSC)
            .msr(MsrRange.of(
                    HV_X64_MSR_TIME_REF_COUNT,
                    "HV_X64_MSR_TIME_REF_COUNT",
                    MsrRange.Access.READ_ONLY,
                    Privilege.of(ACCESS_PARTITION_REFERENCE_COUNTER)))
            .msr(MsrRange.of(
                    HV_X64_MSR_REFERENCE_TSC,
                    "HV_X64_MSR_REFERENCE_TSC",
                    MsrRange.Access.READ_WRITE,
                    Privilege.of(ACCESS_PARTITION_REFERENCE_TSC)))
            .build();

    @Override
    public Descriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public void check(Configuration configuration, Consumer<Problem> problems) {
        if (!configuration.isEnabled("stimer")) {
            problems.accept(new Problem(
                    Problem.Severity.SLOWER,
                    DESCRIPTOR.flag(),
                    "without hv-stimer an idle Windows polls its other clocks, which costs up to a whole processor",
                    "add hv-stimer",
                    "hv-stimer"));
        }
    }

    @Override
    public Attachment attach(Partition partition) {
        return new ReferenceTime(partition);
    }
}
