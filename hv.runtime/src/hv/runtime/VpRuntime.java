package hv.runtime;

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
 * hv-runtime: HV_X64_MSR_VP_RUNTIME (0x40000010) tells a guest how long a VP has really run, in units of 100 ns.
 *
 * <p>The time a VP waits for a processor of the host does not count. A guest that compares this counter with the
 * passing of time sees how much was stolen from it, and does not charge its programs for that. Each VP has its own
 * counter; it starts at 0, never goes back and is read-only: a write is #GP. It goes on where it was after a restore
 * (TLFS "Virtual Processors: Virtual Processor Run Time").
 */
@Component(service = Enlightenment.class, property = "hv.enlightenment=runtime")
@ServiceProvider(value = Enlightenment.class, resolution = "optional", effective = "active")
@ProvidesEnlightenment("runtime")
public final class VpRuntime implements Enlightenment {
    static final int HV_X64_MSR_VP_RUNTIME = 0x4000_0010;

    private static final CpuidBits ACCESS_VP_RUN_TIME_REG =
            CpuidBits.bit(CpuidBits.LEAF_FEATURES, CpuidRegister.EAX, 0, "AccessVpRunTimeReg");

    private static final Descriptor DESCRIPTOR = Descriptor.of(VpRuntime.class)
            .title("VP run time MSR", "charges its programs only for the time its processors have really run")
            .uses(Use.WINDOWS)
            .section("Virtual Processors: Virtual Processor Run Time")
            .cpuid(ACCESS_VP_RUN_TIME_REG)
            .msr(MsrRange.of(
                    HV_X64_MSR_VP_RUNTIME,
                    "HV_X64_MSR_VP_RUNTIME",
                    MsrRange.Access.READ_ONLY,
                    Privilege.of(ACCESS_VP_RUN_TIME_REG)))
            .build();

    @Override
    public Descriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public void check(Configuration configuration, Consumer<Problem> problems) {
        if (!configuration.host().vpRunTime()) {
            problems.accept(new Problem(
                    Problem.Severity.NOTE,
                    DESCRIPTOR.flag(),
                    "hv-runtime counts all time as run time, since this host does not measure how long a VP has run",
                    ""));
        }
    }

    @Override
    public Attachment attach(Partition partition) {
        return new RunTime();
    }
}
