package hv.vendorid;

import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.CpuidRegister;
import hv.api.Problem;
import hv.api.Problem.Severity;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.Configuration;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.FlagOption;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.ProvidesEnlightenment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Component;

/**
 * hv-vendor-id=TEXT: the twelve characters that a guest reads from leaf 0x40000000 in EBX, ECX and EDX.
 *
 * <p>The first character is the lowest byte of EBX; a shorter text is filled up with zero bytes. Without the flag they
 * are "Microsoft Hv". The flag only tunes: alone it does not announce Hyper-V, and the leaf is not there. As in QEMU a
 * longer text starts, with a warning, cut to twelve characters (TLFS "Feature and Interface Discovery", hypervisor
 * CPUID leaf range).
 *
 * <p>By the TLFS a guest should recognise the interface by leaf 0x40000001 and not by this text; Linux looks at the
 * text and finds no Hyper-V behind another one, and some drivers refuse to work behind this one, which is what the flag
 * is used for.
 */
@Component(service = Enlightenment.class, property = "hv.enlightenment=vendor-id")
@ServiceProvider(value = Enlightenment.class, resolution = "optional", effective = "active")
@ProvidesEnlightenment("vendor-id")
public final class VendorId implements Enlightenment {
    private static final String FLAG = "hv-vendor-id";
    private static final String NAME = "Hypervisor vendor id";
    private static final String MICROSOFT = "Microsoft Hv";
    private static final int LEAF_VENDOR = 0x4000_0000;
    private static final int LONGEST = 12;

    private static final Descriptor DESCRIPTOR = Descriptor.of(VendorId.class)
            .title("vendor id", "reads the hypervisor maker's name that it expects")
            .section("Feature and Interface Discovery: Hypervisor CPUID Leaf Range")
            .option(FlagOption.ofText(FLAG, false))
            .build();

    @Override
    public Descriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public List<CpuidBits> cpuid(Configuration configuration) {
        byte[] text = configuration.text(FLAG, MICROSOFT).getBytes(StandardCharsets.US_ASCII);
        ByteBuffer padded = ByteBuffer.wrap(Arrays.copyOf(text, LONGEST)).order(ByteOrder.LITTLE_ENDIAN);
        return List.of(
                CpuidBits.register(LEAF_VENDOR, CpuidRegister.EBX, padded.getInt(), NAME),
                CpuidBits.register(LEAF_VENDOR, CpuidRegister.ECX, padded.getInt(), NAME),
                CpuidBits.register(LEAF_VENDOR, CpuidRegister.EDX, padded.getInt(), NAME));
    }

    @Override
    public void check(Configuration configuration, Consumer<Problem> problems) {
        String text = configuration.text(FLAG, MICROSOFT);
        if (!text.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            problems.accept(new Problem(
                    Severity.WILL_NOT_START,
                    FLAG,
                    "hv-vendor-id holds a character that is not printable ASCII",
                    "write up to 12 printable ASCII characters"));
            return;
        }
        if (text.length() > LONGEST) {
            problems.accept(new Problem(
                    Severity.GUEST_MISBEHAVES,
                    FLAG,
                    "hv-vendor-id truncated to 12 characters",
                    "write hv-vendor-id=" + text.substring(0, LONGEST),
                    FLAG + "=" + text.substring(0, LONGEST)));
        }
        if (!text.startsWith(MICROSOFT)) {
            problems.accept(new Problem(
                    Severity.NOTE,
                    FLAG,
                    "a Linux guest finds Hyper-V only behind the vendor id '" + MICROSOFT + "'",
                    "leave hv-vendor-id out for Linux guests"));
        }
    }

    @Override
    public Attachment attach(Partition partition) {
        return Attachment.NOTHING;
    }
}
