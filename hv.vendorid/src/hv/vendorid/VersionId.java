package hv.vendorid;

import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.CpuidRegister;
import hv.api.Problem;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.Configuration;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.FlagOption;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.ProvidesEnlightenment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Component;

/**
 * hv-version-id-build, -major, -minor, -spack, -sbranch, -snumber: the version of the hypervisor that a guest reads
 * from leaf 0x40000002.
 *
 * <p>EAX is the build; EBX the major version in bits 31:16 and the minor one in 15:0; ECX the service pack; EDX the
 * service branch in bits 31:24 and the service number in 23:0 (TLFS "Feature and Interface Discovery", hypervisor
 * system identity). Each flag sets its field and leaves the others as they are without flags: build 14393 (0x3839) of
 * version 10.0, Windows Server 2016, all else 0. As in QEMU a service number keeps its low 24 bits. The flags only
 * tune: they do not announce Hyper-V.
 */
@Component(service = Enlightenment.class, property = "hv.enlightenment=version-id")
@ServiceProvider(value = Enlightenment.class, resolution = "optional", effective = "active")
@ProvidesEnlightenment("version-id")
public final class VersionId implements Enlightenment {
    private static final int LEAF_VERSION = 0x4000_0002;
    private static final String SERVICE_NUMBER_FLAG = "hv-version-id-snumber";

    /**
     * A field of the leaf.
     *
     * @param flag the flag that sets it
     * @param max the flag's largest value
     * @param register where the field is
     * @param mask the bits of the field
     * @param name its TLFS name
     */
    private record Field(String flag, long max, CpuidRegister register, int mask, String name) {
        CpuidBits bits(long value) {
            return new CpuidBits(
                    LEAF_VERSION, register, mask, (int) value << Integer.numberOfTrailingZeros(mask) & mask, name);
        }
    }

    private static final List<Field> FIELDS = List.of(
            new Field("hv-version-id-build", 0xFFFF_FFFFL, CpuidRegister.EAX, -1, "Build number"),
            new Field("hv-version-id-major", 0xFFFF, CpuidRegister.EBX, 0xFFFF_0000, "Major version"),
            new Field("hv-version-id-minor", 0xFFFF, CpuidRegister.EBX, 0xFFFF, "Minor version"),
            new Field("hv-version-id-spack", 0xFFFF_FFFFL, CpuidRegister.ECX, -1, "Service pack"),
            new Field("hv-version-id-sbranch", 0xFF, CpuidRegister.EDX, 0xFF00_0000, "Service branch"),
            new Field(SERVICE_NUMBER_FLAG, 0xFFFF_FFFFL, CpuidRegister.EDX, 0x00FF_FFFF, "Service number"));

    private static final Descriptor DESCRIPTOR = describe();

    private static Descriptor describe() {
        Descriptor.Builder builder = Descriptor.of(VersionId.class)
                .title("version id", "reads the hypervisor version that it expects")
                .section("Feature and Interface Discovery: Hypervisor System Identity");
        FIELDS.forEach(field -> builder.option(FlagOption.ofNumber(field.flag(), field.max(), false)));
        return builder.build();
    }

    @Override
    public Descriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public List<CpuidBits> cpuid(Configuration configuration) {
        List<CpuidBits> bits = new ArrayList<>(FIELDS.size());
        for (Field field : FIELDS) {
            configuration.number(field.flag()).ifPresent(value -> bits.add(field.bits(value)));
        }
        return bits;
    }

    @Override
    public void check(Configuration configuration, Consumer<Problem> problems) {
        long number = configuration.number(SERVICE_NUMBER_FLAG).orElse(0);
        if (number > 0xFF_FFFF) {
            problems.accept(new Problem(
                    Problem.Severity.GUEST_MISBEHAVES,
                    SERVICE_NUMBER_FLAG,
                    "the service number has 24 bits; the guest reads 0x%x".formatted(number & 0xFF_FFFF),
                    "write a number up to 0xffffff",
                    SERVICE_NUMBER_FLAG + "=0x%x".formatted(number & 0xFF_FFFF)));
        }
    }

    @Override
    public Attachment attach(Partition partition) {
        return Attachment.NOTHING;
    }
}
