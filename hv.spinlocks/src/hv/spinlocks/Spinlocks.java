package hv.spinlocks;

import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.CpuidRegister;
import hv.api.HvStatus;
import hv.api.Problem;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.Configuration;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.FlagOption;
import hv.api.enlightenment.HypercallHandler;
import hv.api.enlightenment.HypercallSpec;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.Privilege;
import hv.api.enlightenment.ProvidesEnlightenment;
import hv.api.enlightenment.Use;
import hv.api.enlightenment.VirtualProcessor;
import hv.api.enlightenment.VpAttachment;
import java.util.List;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Component;

/**
 * hv-spinlocks=N: a guest that has tried for a spinlock N times in vain says so, and the host lets another VP run.
 *
 * <p>The guest reads N from leaf 0x40000004, EBX. After N tries it makes HvCallNotifyLongSpinWait (0x0008): a simple
 * call whose input (the number of tries, 32 bits, and 32 zero bits) is a hint that KVM never looks at, so neither do
 * we; not even its address is checked. The answer is always HV_STATUS_SUCCESS. A repetition count, a repetition start
 * or a variable header is HV_STATUS_INVALID_HYPERCALL_INPUT (TLFS "Virtual Processors", KVM).
 *
 * <p>N is a whole 32-bit number. All ones means "never", is what the leaf holds without the flag, and switches nothing
 * on; 0 means "never" too, but announces Hyper-V. With hv-enforce-cpuid the call is open for every other N and access
 * is denied for those two.
 *
 * <p>No state: the VP gives up its thread and goes on.
 */
@Component(service = Enlightenment.class, property = "hv.enlightenment=spinlocks")
@ServiceProvider(value = Enlightenment.class, resolution = "optional", effective = "active")
@ProvidesEnlightenment("spinlocks")
public final class Spinlocks implements Enlightenment, Attachment {
    static final int HV_CALL_NOTIFY_LONG_SPIN_WAIT = 0x0008;

    private static final String FLAG = "hv-spinlocks";
    private static final String RETRIES = "Spinlock retries before the hypervisor is told";
    private static final long NEVER = 0xFFFF_FFFFL;

    private static final Descriptor DESCRIPTOR = Descriptor.of(Spinlocks.class)
            .title("spinlock retries", "lets another processor run instead of spinning for a lock")
            .uses(Use.WINDOWS)
            .section("Feature and Interface Discovery: Implementation Recommendations; HvCallNotifyLongSpinWait")
            .option(FlagOption.ofNumber(FLAG, NEVER, true).usually("0x1fff"))
            .hypercall(HypercallSpec.simple(
                    HV_CALL_NOTIFY_LONG_SPIN_WAIT,
                    "HvCallNotifyLongSpinWait",
                    8,
                    Privilege.inUse(RETRIES, CpuidBits.LEAF_RECOMMENDATIONS, CpuidRegister.EBX, -1)))
            .build();

    @Override
    public Descriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public List<CpuidBits> cpuid(Configuration configuration) {
        int retries = (int) configuration.number(FLAG).orElse(NEVER);
        return List.of(CpuidBits.register(CpuidBits.LEAF_RECOMMENDATIONS, CpuidRegister.EBX, retries, RETRIES));
    }

    @Override
    public void check(Configuration configuration, Consumer<Problem> problems) {
        if (configuration.number(FLAG).orElse(NEVER) == 0) {
            problems.accept(new Problem(
                    Problem.Severity.NOTE,
                    FLAG,
                    "hv-spinlocks=0 announces Hyper-V, but the guest never tells when it spins",
                    "write hv-spinlocks=0xfff",
                    FLAG + "=0xfff"));
        }
    }

    @Override
    public Attachment attach(Partition partition) {
        return this;
    }

    @Override
    public VpAttachment addVp(VirtualProcessor vp) {
        Partition partition = vp.partition();
        return new VpAttachment() {
            @Override
            public HypercallHandler hypercall(int code) {
                return input -> {
                    partition.spinning(vp);
                    return HvStatus.SUCCESS;
                };
            }
        };
    }
}
