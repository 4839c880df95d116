package hv.launcher.run;

import hv.api.Flags;
import hv.api.host.ConfigurationException;
import hv.api.host.HostFacts;
import hv.api.host.Hypervisor;
import hv.api.host.Profile;
import hv.flags.FlagGrammar;
import hv.flags.FlagText;
import hv.flags.TextSource;
import hv.flags.UnusableTextException;
import hv.guest.GuestProgram;
import hv.hosted.HostedHost;
import hv.kvm.Kvm;
import hv.launcher.run.RunOptions.Backend;
import hv.snapshot.SnapshotException;
import hv.snapshot.SnapshotHeader;
import hv.snapshot.Snapshots;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * {@code ./hv run} inside the framework: chooses the back end, the flags and the guest, runs it, and turns its end into an exit status.
 *
 * <p>Called by the launcher on the main thread. When its bundle stops, because of Ctrl-C or from the console, it ends the guest first.
 */
@Component(service = ToIntFunction.class, property = "hv.verb=run")
public final class RunVerb implements ToIntFunction<String[]> {
    private static final int BROKEN = 1;
    private static final long STOP_TIMEOUT_SECONDS = 5;

    private final BundleContext context;
    private final Hypervisor hypervisor;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile Job job;

    /** For the component runtime. */
    @Activate
    public RunVerb(BundleContext context, @Reference Hypervisor hypervisor) {
        this.context = context;
        this.hypervisor = hypervisor;
    }

    /** Ends the guest, and waits for that, so that nothing of it outlives the framework. */
    @Deactivate
    void deactivate() throws InterruptedException {
        Job running = job;
        if (running != null) {
            running.stop();
            if (!ended.await(STOP_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("hv: the guest did not end in time");
            }
        }
    }

    @Override
    public int applyAsInt(String[] arguments) {
        OutputStream serial = System.out;
        try {
            RunOptions asked = RunOptions.parse(arguments);
            Optional<Flags> given = given(asked);
            Optional<SnapshotHeader> snapshot = snapshot(asked);
            RunOptions options = snapshot.isEmpty() ? asked : completed(asked, snapshot.get());
            Job chosen = choose(options, facts -> flags(options, given, snapshot, facts), serial);
            job = chosen;
            Attending attending = new Attending(
                    context, hypervisor, options, StartReport.wanted() ? StartReport::print : () -> {}, chosen::stop);
            StartReport.loading();
            return attending.status(chosen.run(attending));
        } catch (ConfigurationException e) {
            return unusable(e.getMessage());
        } catch (IllegalArgumentException e) {
            return unusable(e.getMessage());
        } catch (IOException e) {
            System.err.println("hv: " + e.getMessage());
            return BROKEN;
        } finally {
            ended.countDown();
        }
    }

    /** Flags in any syntax and from anywhere; empty if there are none. What is wrong around them concerns another VMM and is only said. */
    private static Optional<Flags> given(RunOptions options) {
        if (options.cpu().isEmpty()) {
            return Optional.empty();
        }
        try {
            FlagText text = FlagText.of(TextSource.read(options.cpu(), System.in));
            text.problems().forEach(problem -> System.err.println("hv: note: " + problem));
            return Optional.of(text.flags()).filter(flags -> !flags.isEmpty());
        } catch (UnusableTextException e) {
            throw new IllegalArgumentException("--cpu: " + e.getMessage(), e);
        }
    }

    private static Optional<SnapshotHeader> snapshot(RunOptions options) {
        if (options.restore().isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Snapshots.read(options.restore().get()));
        } catch (SnapshotException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** A snapshot tells what machine it needs. */
    private static RunOptions completed(RunOptions options, SnapshotHeader header) {
        return options.completedBy(header.vpCount(), header.memoryBytes(), header.backEnd());
    }

    private static int unusable(String problems) {
        problems.lines().forEach(line -> System.err.println("hv: " + line));
        return RunOptions.UNUSABLE;
    }

    private Job choose(RunOptions options, Function<HostFacts, Flags> flags, OutputStream serial) throws IOException {
        boolean isHosted = options.backend() == Backend.HOSTED;
        if (!isHosted) {
            Optional<String> reason = Kvm.whyUnusable();
            if (reason.isPresent()
                    && (options.backend() == Backend.KVM || options.kernel().isPresent())) {
                throw new IllegalArgumentException(reason.get());
            }
            reason.ifPresent(why -> System.err.println("hv: running without a CPU (back end hosted), because " + why));
            isHosted = reason.isPresent();
        }
        return isHosted ? hosted(options, flags, serial) : kvm(options, flags, serial);
    }

    private Job hosted(RunOptions options, Function<HostFacts, Flags> wanted, OutputStream serial) throws IOException {
        requireOwnGuestFits(options);
        HostedHost host = HostedJob.host(options.smp());
        Flags flags = wanted.apply(host.facts());
        return new HostedJob(hypervisor, host, flags, program(flags, host.facts()), options, serial);
    }

    private Job kvm(RunOptions options, Function<HostFacts, Flags> wanted, OutputStream serial) throws IOException {
        HostFacts facts = Kvm.facts();
        Flags flags = wanted.apply(facts);
        if (options.kernel().isPresent()) {
            return KvmJob.of(hypervisor, flags, options.kernel().get(), options, serial);
        }
        requireOwnGuestFits(options);
        return KvmJob.of(hypervisor, flags, program(flags, facts), options, serial);
    }

    private static void requireOwnGuestFits(RunOptions options) {
        if (options.smp() > GuestProgram.MOST_VPS) {
            throw new IllegalArgumentException("--smp takes a number from 1 to %d for our own guest, not '%d'"
                    .formatted(GuestProgram.MOST_VPS, options.smp()));
        }
        long needed = GuestProgram.memoryBytes(options.smp());
        if (options.memoryBytes() < needed) {
            throw new IllegalArgumentException("--memory is too small for --smp %d: write --memory %dM or more"
                    .formatted(options.smp(), (needed >> 20) + 1));
        }
    }

    /** Flags that were given, or those of the profile, or those of the snapshot, or everything. */
    private Flags flags(RunOptions options, Optional<Flags> given, Optional<SnapshotHeader> snapshot, HostFacts facts) {
        if (given.isPresent()) {
            return given.get();
        }
        if (options.profile().isPresent()) {
            return profile(options.profile().get(), facts).with(Flags.ENFORCE_CPUID);
        }
        return snapshot.map(header -> FlagGrammar.read(header.flags()))
                .orElseGet(() -> hypervisor.everything(facts).with(Flags.ENFORCE_CPUID));
    }

    private Flags profile(String name, HostFacts facts) {
        List<Profile> all = hypervisor.profiles(facts);
        return all.stream()
                .filter(profile -> profile.name().equals(name))
                .map(Profile::flags)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--profile takes one of %s, not '%s'"
                        .formatted(all.stream().map(Profile::name).collect(Collectors.joining(", ")), name)));
    }

    private GuestProgram program(Flags flags, HostFacts facts) throws IOException {
        return new GuestParts(context.getBundles())
                .program(hypervisor.check(flags, facts).enabled());
    }
}
