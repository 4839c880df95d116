package hv.syndbg;

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
import hv.api.enlightenment.MsrRange;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.Privilege;
import hv.api.enlightenment.ProvidesEnlightenment;
import hv.api.enlightenment.RequiresEnlightenment;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Component;

/**
 * hv-syndbg: a guest finds the synthetic debugger's interface, as KVM and QEMU show it when no debugger is attached.
 * For guests that were set up for it; it carries no debug data.
 *
 * <pre>
 *   HV_X64_MSR_SYNDBG_CONTROL         0x400000F1  0 send, 1 receive, 31:16 bytes to send
 *   HV_X64_MSR_SYNDBG_STATUS          0x400000F2  0 sent, 2 received, 31:16 bytes
 *   HV_X64_MSR_SYNDBG_SEND_BUFFER     0x400000F3  address
 *   HV_X64_MSR_SYNDBG_RECV_BUFFER     0x400000F4  address
 *   HV_X64_MSR_SYNDBG_PENDING_BUFFER  0x400000F5  address
 *   HV_X64_MSR_SYNDBG_OPTIONS         0x400000FF  2 use hypercalls instead of these
 * </pre>
 *
 * <p>The six are plain registers of the partition, except that a write to CONTROL makes STATUS 0: nothing was sent or
 * received. They are #GP for a guest without this flag, also where CPUID is not enforced, since KVM looks at leaf
 * 0x40000082 and not at a privilege.
 *
 * <p>Three calls go with them: HvCallPostDebugData, HvCallRetrieveDebugData, HvCallResetDebugSession. With CPUID
 * enforced they are HV_STATUS_ACCESS_DENIED, because QEMU gives no guest the privilege Debugging. Otherwise
 * {@link DebugCalls} answers them.
 *
 * <p>Leaf 0x40000003, EDX bit 11 offers the registers; leaves 0x40000080 to 0x40000082 are the debugger's own.
 */
@Component(service = Enlightenment.class, property = "hv.enlightenment=syndbg")
@ServiceProvider(value = Enlightenment.class, resolution = "optional", effective = "active")
@ProvidesEnlightenment("syndbg")
@RequiresEnlightenment("synic")
@RequiresEnlightenment("relaxed")
public final class Syndbg implements Enlightenment {
    static final int HV_X64_MSR_SYNDBG_CONTROL = 0x4000_00F1;
    static final int HV_X64_MSR_SYNDBG_STATUS = 0x4000_00F2;
    static final int HV_X64_MSR_SYNDBG_PENDING_BUFFER = 0x4000_00F5;
    static final int HV_X64_MSR_SYNDBG_OPTIONS = 0x4000_00FF;

    static final int HV_CALL_POST_DEBUG_DATA = 0x0069;
    static final int HV_CALL_RETRIEVE_DEBUG_DATA = 0x006A;
    static final int HV_CALL_RESET_DEBUG_SESSION = 0x006B;

    private static final int LEAF_VENDOR = 0x4000_0080;
    private static final int LEAF_INTERFACE = 0x4000_0081;
    private static final int LEAF_PROPERTIES = 0x4000_0082;

    private static final CpuidBits DEBUG_MSRS_AVAILABLE =
            CpuidBits.bit(CpuidBits.LEAF_FEATURES, CpuidRegister.EDX, 11, "DebugRegsAvailable");

    private static final Privilege DEBUG_MSRS = Privilege.of(DEBUG_MSRS_AVAILABLE);

    private static final Privilege DEBUGGING =
            Privilege.of(CpuidBits.bit(CpuidBits.LEAF_FEATURES, CpuidRegister.EBX, 11, "Debugging"));

    private static final Descriptor DESCRIPTOR = Descriptor.of(Syndbg.class)
            .title(
                    "synthetic debugger registers",
                    "finds the interface for kernel debugging it looks for, with no debugger behind it")
            .section("Synthetic Debugging")
            .migrationVeto("hv-syndbg belongs to a debugger on one host and cannot be moved with the guest")
            .cpuid(DEBUG_MSRS_AVAILABLE)
            .cpuid(CpuidBits.register(LEAF_VENDOR, CpuidRegister.EBX, 0x7263_694D, "\"Micr\""))
            .cpuid(CpuidBits.register(LEAF_VENDOR, CpuidRegister.ECX, 0x666F_736F, "\"osof\""))
            .cpuid(CpuidBits.register(LEAF_VENDOR, CpuidRegister.EDX, 0x5356_2074, "\"t VS\""))
            .cpuid(CpuidBits.register(LEAF_INTERFACE, CpuidRegister.EAX, 0x3123_5356, "\"VS#1\""))
            .cpuid(CpuidBits.bit(LEAF_PROPERTIES, CpuidRegister.EAX, 1, "AllowKernelDebugging"))
            .msr(new MsrRange(
                    HV_X64_MSR_SYNDBG_CONTROL,
                    HV_X64_MSR_SYNDBG_PENDING_BUFFER,
                    "HV_X64_MSR_SYNDBG_CONTROL",
                    MsrRange.Access.READ_WRITE,
                    DEBUG_MSRS))
            .msr(MsrRange.of(
                    HV_X64_MSR_SYNDBG_OPTIONS, "HV_X64_MSR_SYNDBG_OPTIONS", MsrRange.Access.READ_WRITE, DEBUG_MSRS))
            .hypercall(call(HV_CALL_POST_DEBUG_DATA, "HvCallPostDebugData"))
            .hypercall(call(HV_CALL_RETRIEVE_DEBUG_DATA, "HvCallRetrieveDebugData"))
            .hypercall(call(HV_CALL_RESET_DEBUG_SESSION, "HvCallResetDebugSession"))
            .build();

    /** KVM looks at nothing but Fast in these calls' control word. */
    private static HypercallSpec call(int code, String name) {
        return new HypercallSpec(code, name, Reps.UNCHECKED, true, 0, false, MemoryRule.ANY_ADDRESS, DEBUGGING);
    }

    @Override
    public Descriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public void check(Configuration configuration, Consumer<Problem> problems) {
        problems.accept(new Problem(
                Problem.Severity.NOTE,
                DESCRIPTOR.flag(),
                "hv-syndbg shows the guest a debugger's interface that no debugger is connected to",
                ""));
    }

    @Override
    public Attachment attach(Partition partition) {
        return new DebugRegisters(partition.configuration().isEnabled(DESCRIPTOR.id()));
    }
}
