package hv.reset;

import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.CpuidRegister;
import hv.api.PowerEvent;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.MsrHandler;
import hv.api.enlightenment.MsrRange;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.Privilege;
import hv.api.enlightenment.ProvidesEnlightenment;
import hv.api.enlightenment.VirtualProcessor;
import hv.api.enlightenment.VpAttachment;
import org.osgi.service.component.annotations.Component;

/**
 * hv-reset: HV_X64_MSR_RESET (0x40000003) lets a guest reset itself.
 *
 * <p>Writing exactly 1 asks the VMM for a reset; it arrives as {@link PowerEvent.Reset}, and the guest goes on until
 * the VMM acts. Any other value is taken without effect, 3 and all ones too: KVM compares the whole register where the
 * TLFS names bit 0. The register always reads 0 and holds no state.
 */
@Component(service = Enlightenment.class, property = "hv.enlightenment=reset")
@ServiceProvider(value = Enlightenment.class, resolution = "optional", effective = "active")
@ProvidesEnlightenment("reset")
public final class Reset implements Enlightenment, Attachment {
    static final int HV_X64_MSR_RESET = 0x4000_0003;

    private static final CpuidBits ACCESS_RESET_REG =
            CpuidBits.bit(CpuidBits.LEAF_FEATURES, CpuidRegister.EAX, 7, "AccessResetReg");

    private static final Descriptor DESCRIPTOR = Descriptor.of(Reset.class)
            .title("reset MSR", "resets itself without the keyboard controller or ACPI")
            .section("Feature and Interface Discovery: Partition Privileges, AccessResetReg")
            .cpuid(ACCESS_RESET_REG)
            .msr(MsrRange.of(
                    HV_X64_MSR_RESET, "HV_X64_MSR_RESET", MsrRange.Access.READ_WRITE, Privilege.of(ACCESS_RESET_REG)))
            .build();

    @Override
    public Descriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public Attachment attach(Partition partition) {
        return this;
    }

    @Override
    public VpAttachment addVp(VirtualProcessor vp) {
        MsrHandler handler = new MsrHandler() {
            @Override
            public long read(int msr) {
                return 0;
            }

            @Override
            public void write(int msr, long value) {
                if (value == 1) {
                    vp.partition().raise(new PowerEvent.Reset(vp.index()));
                }
            }
        };
        return new VpAttachment() {
            @Override
            public MsrHandler msr(int msr) {
                return handler;
            }
        };
    }
}
