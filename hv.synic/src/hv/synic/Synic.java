package hv.synic;

import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.CpuidRegister;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.Configuration;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.HypercallSpec;
import hv.api.enlightenment.HypercallSpec.MemoryRule;
import hv.api.enlightenment.HypercallSpec.Reps;
import hv.api.enlightenment.MsrRange;
import hv.api.enlightenment.MsrRange.Access;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.Privilege;
import hv.api.enlightenment.ProvidesEnlightenment;
import hv.api.enlightenment.RequiresEnlightenment;
import hv.api.enlightenment.Use;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/**
 * hv-synic: the synthetic interrupt controller, by which a hypervisor and its devices reach a guest: 16 interrupt
 * sources per VP (SINT0 to SINT15), each with a slot for a message and 2,048 event flags (TLFS "Virtual Interrupt
 * Controller: Synthetic Interrupt Controller").
 *
 * <p><b>Registers</b>, of each VP:
 *
 * <pre>
 *   0x40000080 SCONTROL   bit 0: events are let in
 *   0x40000081 SVERSION   1, read-only
 *   0x40000082 SIEFP      event flags page: bit 0 on, bits 63:12 page number
 *   0x40000083 SIMP       message page, likewise
 *   0x40000084 EOM        end of message: any value; reads as 0
 *   0x40000090 SINT0      bits 7:0 vector, 16 masked, 17 AutoEOI, 18 polling; 0x10000 after reset
 *    ... 0x9F  SINT15
 * </pre>
 *
 * <p>They keep whatever is written, but a SINT that is not masked needs a vector of 16 or more, else #GP. As KVM does
 * it: no page address is refused, a page outside RAM is ignored, SCONTROL does not hold messages back, and polling is
 * kept and means nothing.
 *
 * <p><b>A message</b> goes into the SINT's slot, 256 bytes at 256 times its number, if the type there is 0; then the
 * SINT's interrupt is requested, if it is not masked. If the slot is full, its "message pending" flag is set, and the
 * message waits. The guest copies a message, sets the type to 0, and then, if it sees the flag, writes EOM: whoever
 * waits tries again. Ending an interrupt (EOI) whose vector a SINT has does the same for that SINT, where the host sees
 * EOIs. Timers keep their own message meanwhile; messages of host-side code wait here, in order,
 * {@value hv.api.synic.SynicPorts#QUEUE_MESSAGES} per SINT at most.
 *
 * <p><b>An event</b> sets one flag, atomically, and requests the interrupt only if the flag was clear.
 *
 * <p><b>The other way</b>, a guest posts a message (HvCallPostMessage) or signals (HvCallSignalEvent) to a connection,
 * a 24-bit number that host-side code has taken ({@link hv.api.synic.SynicPorts}). Statuses and the order of checks are
 * those of KVM with QEMU.
 *
 * <p><b>Not promised</b>, the registers are #GP for reads and writes even where CPUID is not enforced, and the calls
 * end with HV_STATUS_INVALID_HYPERCALL_INPUT: in KVM the controller is something a VMM must enable. The pages are plain
 * guest RAM, where the TLFS would lay its own over it.
 */
@Component(service = Enlightenment.class, property = "hv.enlightenment=" + Synic.ID)
@ServiceProvider(value = Enlightenment.class, resolution = "optional", effective = "active")
@ProvidesEnlightenment(Synic.ID)
@RequiresEnlightenment("vpindex")
public final class Synic implements Enlightenment {
    static final String ID = "synic";

    static final int HV_X64_MSR_SCONTROL = 0x4000_0080;
    static final int HV_X64_MSR_SVERSION = 0x4000_0081;
    static final int HV_X64_MSR_SIEFP = 0x4000_0082;
    static final int HV_X64_MSR_SIMP = 0x4000_0083;
    static final int HV_X64_MSR_EOM = 0x4000_0084;
    static final int HV_X64_MSR_SINT0 = 0x4000_0090;

    static final int HV_CALL_POST_MESSAGE = 0x5C;
    static final int HV_CALL_SIGNAL_EVENT = 0x5D;

    private static final CpuidBits ACCESS_SYNIC_REGS =
            CpuidBits.bit(CpuidBits.LEAF_FEATURES, CpuidRegister.EAX, 2, "AccessSynicRegs");

    private static final CpuidBits POST_MESSAGES =
            CpuidBits.bit(CpuidBits.LEAF_FEATURES, CpuidRegister.EBX, 4, "PostMessages");

    private static final CpuidBits SIGNAL_EVENTS =
            CpuidBits.bit(CpuidBits.LEAF_FEATURES, CpuidRegister.EBX, 5, "SignalEvents");

    /**
     * Shown where the host cannot do without a guest's EOI, and by hv-avic, to which an AutoEOI interrupt is a cost.
     */
    private static final CpuidBits AUTO_EOI_DEPRECATED =
            CpuidBits.bit(CpuidBits.LEAF_RECOMMENDATIONS, CpuidRegister.EAX, 9, "Recommend deprecating AutoEOI");

    private static final Descriptor DESCRIPTOR = describe();

    private static Descriptor describe() {
        Privilege access = Privilege.of(ACCESS_SYNIC_REGS);
        Descriptor.Builder builder = Descriptor.of(Synic.class)
                .title("synthetic interrupt controller", "gets messages and events of the hypervisor and its devices")
                .uses(Use.WINDOWS, Use.LINUX)
                .section("Virtual Interrupt Controller: Synthetic Interrupt Controller")
                .cpuid(ACCESS_SYNIC_REGS)
                .cpuid(POST_MESSAGES)
                .cpuid(SIGNAL_EVENTS)
                .msr(MsrRange.of(HV_X64_MSR_SCONTROL, "HV_X64_MSR_SCONTROL", Access.READ_WRITE, access))
                .msr(MsrRange.of(HV_X64_MSR_SVERSION, "HV_X64_MSR_SVERSION", Access.READ_ONLY, access))
                .msr(MsrRange.of(HV_X64_MSR_SIEFP, "HV_X64_MSR_SIEFP", Access.READ_WRITE, access))
                .msr(MsrRange.of(HV_X64_MSR_SIMP, "HV_X64_MSR_SIMP", Access.READ_WRITE, access))
                .msr(MsrRange.of(HV_X64_MSR_EOM, "HV_X64_MSR_EOM", Access.READ_WRITE, access));
        for (int sint = 0; sint < Sints.COUNT; sint++) {
            builder.msr(MsrRange.of(HV_X64_MSR_SINT0 + sint, "HV_X64_MSR_SINT" + sint, Access.READ_WRITE, access));
        }
        return builder.hypercall(HypercallSpec.simple(
                        HV_CALL_POST_MESSAGE,
                        "HvCallPostMessage",
                        PostMessageCall.INPUT_BYTES,
                        Privilege.of(POST_MESSAGES)))
                .hypercall(new HypercallSpec(
                        HV_CALL_SIGNAL_EVENT,
                        "HvCallSignalEvent",
                        Reps.NONE,
                        false,
                        SignalEventCall.INPUT_BYTES,
                        false,
                        MemoryRule.ALIGNED_IN_PAGE,
                        Privilege.of(SIGNAL_EVENTS)))
                .build();
    }

    @Override
    public Descriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public List<CpuidBits> cpuid(Configuration configuration) {
        List<CpuidBits> bits = new ArrayList<>(DESCRIPTOR.cpuid());
        if (!configuration.host().autoEoi()) {
            bits.add(AUTO_EOI_DEPRECATED);
        }
        return bits;
    }

    @Override
    public Attachment attach(Partition partition) {
        return new SynicPartition(partition);
    }
}
