package hv.tlbflush;

import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.CpuidRegister;
import hv.api.Problem;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.Configuration;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.HypercallSpec;
import hv.api.enlightenment.HypercallSpec.MemoryRule;
import hv.api.enlightenment.HypercallSpec.Reps;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.Privilege;
import hv.api.enlightenment.ProvidesEnlightenment;
import hv.api.enlightenment.RequiresEnlightenment;
import hv.api.enlightenment.Use;
import java.util.List;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Component;

/**
 * hv-tlbflush: a guest has the TLBs of a set of VPs flushed by one call, instead of interrupting each and waiting for
 * all.
 *
 * <p>That pays because a VP that does not run need not be woken: it flushes when it next enters the guest. The call
 * returns when no target will use a translation that was cached before it.
 *
 * <pre>
 *   HvCallFlushVirtualAddressSpace    0x0002   +0 address space, +8 flags, +16 mask of VPs 0 to 63
 *   HvCallFlushVirtualAddressList     0x0003   the same, +24 GVA ranges (8 bytes each, one per repetition)
 *   HvCallFlushVirtualAddressSpaceEx  0x0013   +0 address space, +8 flags, +16 VP set: format, bank mask, banks
 *   HvCallFlushVirtualAddressListEx   0x0014   the same, then GVA ranges
 * </pre>
 *
 * <p>In the fast form the same bytes come in RDX, R8 and XMM0 to XMM5 (hv-xmm-input). The list forms answer "all
 * repetitions completed". Flushing more than was asked for is allowed, and done: address space and ranges are not
 * looked at, every target flushes everything. What is checked, and in which order, is said at {@link FlushCalls}.
 *
 * <p>Leaf 0x40000004, EAX bit 2 recommends the calls, bit 11 the Ex forms; with hv-enforce-cpuid the first need bit 2,
 * the others both; where the host cannot flush, neither is shown (TLFS "Virtual Memory: Virtual TLB Flush").
 */
@Component(service = Enlightenment.class, property = "hv.enlightenment=tlbflush")
@ServiceProvider(value = Enlightenment.class, resolution = "optional", effective = "active")
@ProvidesEnlightenment("tlbflush")
@RequiresEnlightenment("vpindex")
public final class TlbFlush implements Enlightenment {
    static final int HV_CALL_FLUSH_VIRTUAL_ADDRESS_SPACE = 0x0002;
    static final int HV_CALL_FLUSH_VIRTUAL_ADDRESS_LIST = 0x0003;
    static final int HV_CALL_FLUSH_VIRTUAL_ADDRESS_SPACE_EX = 0x0013;
    static final int HV_CALL_FLUSH_VIRTUAL_ADDRESS_LIST_EX = 0x0014;

    /** Address space, flags, processor mask. */
    private static final int HEADER_BYTES = 24;

    /** Address space, flags, format and bank mask. */
    private static final int EX_HEADER_BYTES = 32;

    private static final CpuidBits REMOTE_FLUSH_RECOMMENDED = CpuidBits.bit(
            CpuidBits.LEAF_RECOMMENDATIONS, CpuidRegister.EAX, 2, "Recommend using hypercall for remote TLB flush");

    private static final CpuidBits EX_PROCESSOR_MASKS_RECOMMENDED =
            CpuidBits.bit(CpuidBits.LEAF_RECOMMENDATIONS, CpuidRegister.EAX, 11, "Recommend using ExProcessorMasks");

    private static final Privilege REMOTE_FLUSH = Privilege.of(REMOTE_FLUSH_RECOMMENDED);

    private static final Privilege REMOTE_FLUSH_EX = new Privilege(
            "remote TLB flush and ExProcessorMasks",
            CpuidBits.LEAF_RECOMMENDATIONS,
            CpuidRegister.EAX,
            REMOTE_FLUSH_RECOMMENDED.mask() | EX_PROCESSOR_MASKS_RECOMMENDED.mask(),
            Privilege.Rule.ALL_SET);

    private static final Descriptor DESCRIPTOR = Descriptor.of(TlbFlush.class)
            .title("TLB flush hypercalls", "flushes the TLBs of many processors without waking those that do not run")
            .uses(Use.WINDOWS, Use.LINUX)
            .section("Virtual Memory: Virtual TLB Flush")
            .cpuid(REMOTE_FLUSH_RECOMMENDED)
            .cpuid(EX_PROCESSOR_MASKS_RECOMMENDED)
            .hypercall(flush(HV_CALL_FLUSH_VIRTUAL_ADDRESS_SPACE, "HvCallFlushVirtualAddressSpace", Reps.NONE))
            .hypercall(flush(HV_CALL_FLUSH_VIRTUAL_ADDRESS_LIST, "HvCallFlushVirtualAddressList", Reps.LIST))
            .hypercall(flushEx(HV_CALL_FLUSH_VIRTUAL_ADDRESS_SPACE_EX, "HvCallFlushVirtualAddressSpaceEx", Reps.NONE))
            .hypercall(flushEx(HV_CALL_FLUSH_VIRTUAL_ADDRESS_LIST_EX, "HvCallFlushVirtualAddressListEx", Reps.LIST))
            .build();

    private static HypercallSpec flush(int code, String name, Reps reps) {
        return new HypercallSpec(code, name, reps, false, HEADER_BYTES, true, MemoryRule.ANY_ADDRESS, REMOTE_FLUSH);
    }

    private static HypercallSpec flushEx(int code, String name, Reps reps) {
        return new HypercallSpec(
                code, name, reps, true, EX_HEADER_BYTES, true, MemoryRule.ANY_ADDRESS, REMOTE_FLUSH_EX);
    }

    @Override
    public Descriptor descriptor() {
        return DESCRIPTOR;
    }

    /** A host that cannot flush has nothing to recommend. */
    @Override
    public List<CpuidBits> cpuid(Configuration configuration) {
        return configuration.host().tlbFlush() ? DESCRIPTOR.cpuid() : List.of();
    }

    @Override
    public void check(Configuration configuration, Consumer<Problem> problems) {
        if (!configuration.host().tlbFlush()) {
            problems.accept(new Problem(
                    Problem.Severity.SLOWER,
                    DESCRIPTOR.flag(),
                    "hv-tlbflush is not recommended to the guest, since this host does not flush TLBs for it",
                    ""));
        }
    }

    @Override
    public Attachment attach(Partition partition) {
        return FlushCalls::new;
    }
}
