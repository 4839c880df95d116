package hv.coresharing;

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
import java.util.List;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Component;

/**
 * hv-no-nonarch-coresharing=off|on|auto: leaf 0x40000004, EAX bit 18 promises that two virtual processors share a
 * physical core only where the guest's own CPU topology says so.
 *
 * <p>A guest that reads the promise schedules its tasks so that those which do not trust each other never run on the
 * two threads of one core, and can leave out costlier protection (TLFS "Feature and Interface Discovery",
 * NoNonArchitecturalCoreSharing).
 *
 * <p>{@code on} promises it whatever the host is like: true only if virtual processors are pinned or the host has no
 * simultaneous multithreading. {@code auto} promises it where the host cannot share cores at all; since the next host
 * may, such a guest cannot be moved. {@code off}, like no flag, promises nothing. The flag does not announce Hyper-V by
 * itself, as in QEMU. No state.
 */
@Component(service = Enlightenment.class, property = "hv.enlightenment=no-nonarch-coresharing")
@ServiceProvider(value = Enlightenment.class, resolution = "optional", effective = "active")
@ProvidesEnlightenment("no-nonarch-coresharing")
public final class CoreSharing implements Enlightenment {
    private static final String FLAG = "hv-no-nonarch-coresharing";

    private static final CpuidBits PROMISED =
            CpuidBits.bit(CpuidBits.LEAF_RECOMMENDATIONS, CpuidRegister.EAX, 18, "NoNonArchitecturalCoreSharing");

    private static final CpuidBits NOT_PROMISED =
            new CpuidBits(PROMISED.leaf(), PROMISED.register(), PROMISED.mask(), 0, PROMISED.name());

    private static final Descriptor DESCRIPTOR = Descriptor.of(CoreSharing.class)
            .title("no non-architectural core sharing", "knows which processors can share a core and keeps tasks apart")
            .section("Feature and Interface Discovery: Implementation Recommendations")
            .option(new FlagOption(FLAG, FlagOption.Kind.CHOICE, 0, List.of("off", "on", "auto"), false, ""))
            .build();

    @Override
    public Descriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public List<CpuidBits> cpuid(Configuration configuration) {
        boolean isPromised = switch (configuration.text(FLAG, "off")) {
            case "on" -> true;
            case "auto" -> !configuration.host().smtPossible();
            default -> false;
        };
        return List.of(isPromised ? PROMISED : NOT_PROMISED);
    }

    @Override
    public void check(Configuration configuration, Consumer<Problem> problems) {
        switch (configuration.text(FLAG, "off")) {
            case "auto" ->
                problems.accept(new Problem(
                        Severity.BLOCKS_MIGRATION,
                        FLAG,
                        "hv-no-nonarch-coresharing=auto shows this host's property, which another host may lack",
                        "write hv-no-nonarch-coresharing=on and pin the virtual processors or switch SMT off",
                        FLAG + "=on"));
            case "on" -> {
                if (configuration.host().smtPossible()) {
                    problems.accept(new Problem(
                            Severity.NOTE,
                            FLAG,
                            "hv-no-nonarch-coresharing=on is a promise that this host does not keep by itself",
                            "pin the virtual processors or switch SMT off"));
                }
            }
            default -> {}
        }
    }

    @Override
    public Attachment attach(Partition partition) {
        return Attachment.NOTHING;
    }
}
