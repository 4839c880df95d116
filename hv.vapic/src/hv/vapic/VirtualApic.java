package hv.vapic;

import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.CpuidRegister;
import hv.api.HostFacts;
import hv.api.Problem;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.Configuration;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.MsrRange;
import hv.api.enlightenment.MsrRange.Access;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.Privilege;
import hv.api.enlightenment.ProvidesEnlightenment;
import hv.api.enlightenment.Use;
import java.util.List;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Component;

/**
 * hv-vapic: a guest uses its local APIC through MSRs, which cost less than accesses to the APIC's memory page, and has
 * an assist page through which it can end most interrupts without leaving at all.
 *
 * <pre>
 *   HV_X64_MSR_EOI             0x40000070  write ends the highest interrupt in service; 31:0 ignored; reads are #GP
 *   HV_X64_MSR_ICR             0x40000071  interrupt command register: destination in 63:56 (xAPIC) or 63:32 (x2APIC)
 *   HV_X64_MSR_TPR             0x40000072  task priority in 7:0
 *   HV_X64_MSR_VP_ASSIST_PAGE  0x40000073  63:12 page number, 11:1 kept, 0 enable
 * </pre>
 *
 * <p>{@link ApicAccess} says what each write checks, {@link AssistPage} what happens to the page.
 *
 * <p>Leaf 0x40000003, EAX bit 4 grants access to all four. Leaf 0x40000004, EAX bit 3 recommends them; not with
 * {@code hv-avic}, since an APIC that the processor itself virtualizes is faster still; not on a host that is not known
 * to end interrupts without exits, where the MSRs cost more than the APIC's page; and not on one that does not let us
 * at the APIC, where EOI, ICR and TPR are #GP, as with KVM when the APIC is not in the kernel (TLFS "Virtual Interrupt
 * Controller: Local APIC MSR Accesses, EOI Assist").
 */
@Component(service = Enlightenment.class, property = "hv.enlightenment=vapic")
@ServiceProvider(value = Enlightenment.class, resolution = "optional", effective = "active")
@ProvidesEnlightenment("vapic")
public final class VirtualApic implements Enlightenment {
    static final int HV_X64_MSR_EOI = 0x4000_0070;
    static final int HV_X64_MSR_ICR = 0x4000_0071;
    static final int HV_X64_MSR_TPR = 0x4000_0072;
    static final int HV_X64_MSR_VP_ASSIST_PAGE = 0x4000_0073;

    private static final String FLAG = "hv-vapic";

    private static final CpuidBits ACCESS_INTR_CTRL_REGS =
            CpuidBits.bit(CpuidBits.LEAF_FEATURES, CpuidRegister.EAX, 4, "AccessIntrCtrlRegs");

    private static final CpuidBits APIC_MSRS_RECOMMENDED = CpuidBits.bit(
            CpuidBits.LEAF_RECOMMENDATIONS, CpuidRegister.EAX, 3, "Recommend using MSRs for APIC EOI, ICR and TPR");

    private static final Privilege INTR_CTRL_REGS = Privilege.of(ACCESS_INTR_CTRL_REGS);

    private static final Descriptor DESCRIPTOR = Descriptor.of(VirtualApic.class)
            .title("APIC MSRs and VP assist page", "ends and sends interrupts at less cost, most ends at none")
            .uses(Use.ESSENTIAL, Use.WINDOWS, Use.LINUX)
            .section("Virtual Interrupt Controller: Local APIC MSR Accesses, EOI Assist")
            .cpuid(ACCESS_INTR_CTRL_REGS)
            .msr(MsrRange.of(HV_X64_MSR_EOI, "HV_X64_MSR_EOI", Access.WRITE_ONLY, INTR_CTRL_REGS))
            .msr(MsrRange.of(HV_X64_MSR_ICR, "HV_X64_MSR_ICR", Access.READ_WRITE, INTR_CTRL_REGS))
            .msr(MsrRange.of(HV_X64_MSR_TPR, "HV_X64_MSR_TPR", Access.READ_WRITE, INTR_CTRL_REGS))
            .msr(MsrRange.of(HV_X64_MSR_VP_ASSIST_PAGE, "HV_X64_MSR_VP_ASSIST_PAGE", Access.READ_WRITE, INTR_CTRL_REGS))
            .build();

    @Override
    public Descriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public List<CpuidBits> cpuid(Configuration configuration) {
        boolean isWorthIt = !configuration.isEnabled("avic") && isFast(configuration.host());
        return isWorthIt ? List.of(ACCESS_INTR_CTRL_REGS, APIC_MSRS_RECOMMENDED) : List.of(ACCESS_INTR_CTRL_REGS);
    }

    private static boolean isFast(HostFacts host) {
        return host.apicAccess() && host.exitlessEoi();
    }

    @Override
    public void check(Configuration configuration, Consumer<Problem> problems) {
        if (!configuration.host().apicAccess()) {
            problems.accept(new Problem(
                    Problem.Severity.SLOWER,
                    FLAG,
                    "hv-vapic gives the guest its assist page but no APIC MSRs, since this host does not let them at the APIC",
                    ""));
        } else if (!isFast(configuration.host())) {
            problems.accept(new Problem(
                    Problem.Severity.SLOWER,
                    FLAG,
                    "hv-vapic gives the guest its APIC MSRs and does not recommend them, since this host does not offer exit-less EOI",
                    ""));
        }
    }

    @Override
    public Attachment attach(Partition partition) {
        return VapicPart::new;
    }
}
