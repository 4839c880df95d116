package hv.replay;

import hv.api.host.Hypervisor;
import java.util.List;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code hv:replay}: recorded vectors against the enlightenments that are deployed. */
@Component(
        service = ReplayCommand.class,
        property = {"osgi.command.scope=hv", "osgi.command.function=replay", "hv.usage=" + Replay.USAGE})
public final class ReplayCommand {
    /** Where the command leaves its exit status for {@code ./hv}. */
    private static final String STATUS = "hv.status";

    private static final String HELP = "usage: " + Replay.USAGE + """

              replays recordings of real KVM and prints what is answered otherwise here
              --backend hosted: without a CPU, as by default; time moves by what is recorded
              --backend kvm: each operation is an instruction of a guest on /dev/kvm; time is real
              --keep-going: replays each file to its end, not only to its tenth difference
            example: ./hv replay hv.replay/vectors""";

    private final Hypervisor hypervisor;

    /** For the component runtime. */
    @Activate
    public ReplayCommand(@Reference Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
    }

    /** The command. */
    @Descriptor("replays recordings of real KVM and prints what is answered otherwise here")
    public void replay(
            CommandSession session, @Descriptor("[--backend hosted|kvm] [--keep-going] FILE...") String... typed) {
        if (List.of(typed).contains("--help")) {
            session.getConsole().println(HELP);
            return;
        }
        session.put(STATUS, new Replay(hypervisor, session.getConsole()).run(typed));
    }
}
