package hv.console;

import hv.api.SavedState;
import hv.api.SavedState.Section;
import hv.api.host.GuestMachine;
import hv.api.host.Hypervisor;
import hv.hosted.AdjustableTsc;
import java.math.BigInteger;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.felix.service.command.Descriptor;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * {@code hv:tsc}: the frequency at which the guest's TSC runs, and the line that makes reference time of it. With
 * {@code --frequency} the TSC gets another one, as if the guest had been moved: a guest that has asked for it is
 * interrupted, and keeps the old frequency until it writes 0 to TSC_EMULATION_STATUS (TLFS "Timers: Reenlightenment").
 *
 * <p>That works where the TSC is made by software. On KVM the guest reads the processor's own counter, and telling it
 * of a frequency that the counter does not have would be a lie: refused.
 */
@Component(
        service = {TscCommand.class, Documented.class},
        property = {"osgi.command.scope=hv", "osgi.command.function=tsc"})
public final class TscCommand implements Documented {
    static final List<String> OPTIONS = List.of("--frequency", Machines.PARTITION);

    private static final Help HELP = new Help(
            "tsc",
            "[--frequency HZ] [--partition ID]",
            "shows a guest's TSC and reference clock; --frequency gives the TSC another frequency, as after a move to another host",
            "tsc --frequency 3000000000",
            OPTIONS);

    private final BundleContext context;
    private final Hypervisor hypervisor;

    /** For the component runtime. */
    @Activate
    public TscCommand(BundleContext context, @Reference Hypervisor hypervisor) {
        this.context = context;
        this.hypervisor = hypervisor;
    }

    @Override
    public Help help() {
        return HELP;
    }

    /** The command. */
    @Descriptor("shows a guest's TSC, or gives it another frequency: hv:tsc [--frequency HZ]")
    public void tsc(@Descriptor("--frequency HZ, --partition ID, --help") String... typed) {
        Arguments arguments = Arguments.of(HELP, typed);
        if (arguments.printedHelp()) {
            return;
        }
        arguments.words();
        GuestMachine machine = Machines.find(context, hypervisor, arguments);
        arguments
                .option("--frequency")
                .map(text -> arguments.number("--frequency", text))
                .ifPresent(frequencyHz -> change(machine, frequencyHz));
        print(machine);
    }

    private static void change(GuestMachine machine, long frequencyHz) {
        boolean isChanged;
        try {
            isChanged = BackEnd.of("hv.hosted", () -> isChanged(machine, frequencyHz));
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
        if (!isChanged) {
            throw new UsageException("the TSC of a guest on %s is the processor's, whose frequency cannot be changed"
                    .formatted(machine.partition().inspect().host()));
        }
    }

    private static boolean isChanged(GuestMachine machine, long frequencyHz) {
        if (machine instanceof AdjustableTsc adjustable) {
            adjustable.changeTscFrequency(frequencyHz);
            return true;
        }
        return false;
    }

    private static void print(GuestMachine machine) {
        List<Section> sections = saved(machine);
        long frequencyHz = value(sections, "TscFrequencyHz").orElseThrow();
        Table table = new Table("partition", String.valueOf(machine.partition().id()))
                .row("TSC frequency", frequencyHz + " Hz")
                .row("reference time", "TSC * 0x%x / 2^64 + offset".formatted(scale(frequencyHz)))
                .row("now", value(sections, "ReferenceTime100ns").orElseThrow() + " * 100 ns");
        value(sections, "HV_X64_MSR_TSC_EMULATION_STATUS")
                .ifPresent(status -> table.row(
                        "TSC_EMULATION_STATUS",
                        status == 0 ? "0" : status + ": kept at the old frequency until the guest is ready"));
        table.print(System.out);
    }

    /** In units of 100 ns per tick, times 2^64. */
    private static BigInteger scale(long frequencyHz) {
        return BigInteger.TEN.pow(7).shiftLeft(Long.SIZE).divide(BigInteger.valueOf(frequencyHz));
    }

    private static List<Section> saved(GuestMachine machine) {
        machine.pause();
        try {
            return machine.partition().save().sections();
        } finally {
            machine.resume();
        }
    }

    private static Optional<Long> value(List<Section> sections, String name) {
        return sections.stream()
                .filter(section -> section.vp() == SavedState.PARTITION)
                .map(section -> section.values().get(name))
                .filter(Objects::nonNull)
                .findFirst();
    }
}
