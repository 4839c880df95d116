package hv.stimer;

import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.CpuidRegister;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.Configuration;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.MsrRange;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.Privilege;
import hv.api.enlightenment.ProvidesEnlightenment;
import hv.api.enlightenment.RequiresEnlightenment;
import hv.api.enlightenment.Use;
import org.osgi.service.component.annotations.Component;

/**
 * hv-stimer: four timers per VP that count in partition reference time (TLFS "Timers: Synthetic Timers").
 *
 * <p><b>Registers</b> of timer n, 0 to 3:
 *
 * <pre>
 *   0x400000B0 + 2n  STIMERn_CONFIG   0 Enable, 1 Periodic, 2 Lazy, 3 AutoEnable, 11:4 ApicVector, 12 DirectMode,
 *                                    19:16 SINTx
 *   0x400000B1 + 2n  STIMERn_COUNT    100 ns: when it expires (one-shot), or its period
 * </pre>
 *
 * <p>They keep what is written, reserved bits too, except that Enable changes by itself: a COUNT of 0 clears it,
 * another COUNT sets it if AutoEnable is set, and a one-shot timer clears it when it has expired. Writing either
 * register stops the timer and starts it anew, with the message of an earlier expiry forgotten. CONFIG also clears
 * Enable if the timer was enabled and the new SINTx is 0 without DirectMode; if it was not enabled, it starts on SINT0
 * (KVM; the TLFS never starts it).
 *
 * <p><b>Expiry.</b> Never before its time. A one-shot timer whose time is past expires before the write ends. A
 * periodic timer keeps its phase; periods that went by unseen are lost, Lazy or not. How often a VP's timers go off in
 * the long run, the partition bounds (200 us): of a shorter period the guest sees some expirations and not all. In
 * message mode the message goes to SINTx: type 0x80000010 and 24 bytes, the timer's number (32 bits, then 32 of 0),
 * when it was due, when it was delivered. In direct mode the vector is requested from the VP's own APIC, whatever the
 * interrupt controller's registers say.
 *
 * <p><b>A message that finds no place</b> - slot full, page off, or SINT masked, when KVM puts the message in and yet
 * counts it as not delivered - makes the timer wait, still enabled, until the guest acknowledges the SINT; then it
 * expires again. But a periodic timer drops a message that meets a full slot.
 *
 * <p><b>Not promised</b> an interrupt controller (hv-synic), a guest reads zeros and writes with #GP, where CPUID is
 * not enforced. DirectMode is #GP where CPUID is enforced and hv-stimer-direct is not on.
 */
@Component(service = Enlightenment.class, property = "hv.enlightenment=stimer")
@ServiceProvider(value = Enlightenment.class, resolution = "optional", effective = "active")
@ProvidesEnlightenment("stimer")
@RequiresEnlightenment(SyntheticTimers.SYNIC)
@RequiresEnlightenment("time")
public final class SyntheticTimers implements Enlightenment {
    static final String SYNIC = "synic";
    static final String DIRECT = "stimer-direct";
    static final int TIMERS = 4;
    static final int HV_X64_MSR_STIMER0_CONFIG = 0x4000_00B0;
    static final int HV_X64_MSR_STIMER0_COUNT = 0x4000_00B1;

    private static final CpuidBits ACCESS_SYNTHETIC_TIMER_REGS =
            CpuidBits.bit(CpuidBits.LEAF_FEATURES, CpuidRegister.EAX, 3, "AccessSyntheticTimerRegs");

    private static final Descriptor DESCRIPTOR = describe();

    private static Descriptor describe() {
        Descriptor.Builder builder = Descriptor.of(SyntheticTimers.class)
                .title("synthetic timers", "has four timers per processor that cost one exit to set")
                .uses(Use.ESSENTIAL, Use.WINDOWS, Use.LINUX)
                .section("Timers: Synthetic Timers")
                .cpuid(ACCESS_SYNTHETIC_TIMER_REGS);
        Privilege access = Privilege.of(ACCESS_SYNTHETIC_TIMER_REGS);
        for (int timer = 0; timer < TIMERS; timer++) {
            String name = "HV_X64_MSR_STIMER" + timer;
            int config = HV_X64_MSR_STIMER0_CONFIG + 2 * timer;
            int count = HV_X64_MSR_STIMER0_COUNT + 2 * timer;
            builder.msr(MsrRange.of(config, name + "_CONFIG", MsrRange.Access.READ_WRITE, access))
                    .msr(MsrRange.of(count, name + "_COUNT", MsrRange.Access.READ_WRITE, access));
        }
        return builder.build();
    }

    @Override
    public Descriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public Attachment attach(Partition partition) {
        Configuration configuration = partition.configuration();
        boolean isActive = configuration.isEnabled(SYNIC);
        boolean takesDirectMode = configuration.isEnabled(DIRECT) || !configuration.enforcesCpuid();
        return vp -> new TimerVp(vp, partition.clock(), isActive, takesDirectMode);
    }
}
