package hv.launcher.run;

import hv.api.Flags;
import hv.api.HostFacts;
import hv.api.device.Devices;
import hv.api.host.Hypervisor;
import hv.api.host.Profile;
import hv.flags.FlagGrammar;
import hv.flags.FlagText;
import hv.flags.Shown;
import hv.flags.TextSource;
import hv.flags.UnusableTextException;
import hv.guest.GuestProgram;
import hv.hosted.HostedHost;
import hv.kvm.Kvm;
import hv.kvm.error.KvmException;
import hv.launcher.options.RunOptions;
import hv.snapshot.SnapshotException;
import hv.snapshot.SnapshotHeader;
import hv.snapshot.Snapshots;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.osgi.framework.BundleContext;

/**
 * The guest that a command line asks for, with what a snapshot adds: its flags, as far as they do not depend on the
 * host, and the job that runs it on either back end. Used by one thread for one run.
 */
final class WantedGuest {
    private final RunOptions options;
    private final Optional<Flags> given;
    private final Optional<SnapshotHeader> snapshot;
    private final BundleContext context;
    private final Hypervisor hypervisor;

    private WantedGuest(
            RunOptions options,
            Optional<Flags> given,
            Optional<SnapshotHeader> snapshot,
            BundleContext context,
            Hypervisor hypervisor) {
        this.options = options;
        this.given = given;
        this.snapshot = snapshot;
        this.context = context;
        this.hypervisor = hypervisor;
    }

    /**
     * Reads the flags and the head of the snapshot.
     *
     * @throws IllegalArgumentException if they cannot be read; says why
     */
    static WantedGuest of(RunOptions asked, BundleContext context, Hypervisor hypervisor) {
        Optional<Flags> given = given(asked);
        Optional<SnapshotHeader> snapshot = snapshot(asked);
        RunOptions options = snapshot.isEmpty() ? asked : completed(asked, snapshot.get());
        return new WantedGuest(options, given, snapshot, context, hypervisor);
    }

    RunOptions options() {
        return options;
    }

    /** Without a CPU. */
    Job hosted(OutputStream serial) throws IOException {
        if (options.hasTestDevice() || options.hasBus()) {
            throw new IllegalArgumentException("%s is for a guest on KVM, and this one has no CPU; leave it out"
                    .formatted(
                            options.vmbus()
                                    ? "--vmbus"
                                    : options.given().contains("--disk")
                                            ? "--disk"
                                            : options.given().contains("--net") ? "--net" : "--device"));
        }
        requireOwnGuestFits();
        HostedHost host = HostedJob.host(options.smp());
        Flags flags = flags(host.facts());
        return new HostedJob(hypervisor, host, flags, program(flags, host.facts()), options, serial);
    }

    /** On the CPUs of KVM. */
    Job onKvm(OutputStream serial) throws IOException, UnavailableException {
        Kvm.whyTooLarge(options.memoryBytes()).ifPresent(why -> {
            throw new IllegalArgumentException(why);
        });
        HostFacts facts = facts();
        Flags flags = flags(facts);
        if (options.hasBus()) {
            BusWish.requireFlags(hypervisor.check(flags, facts), context.getBundles());
        }
        Optional<Devices> devices = FoundDevices.in(context);
        if (options.kernel().isPresent()) {
            return KvmJob.of(hypervisor, devices, flags, options.kernel().get(), options, serial);
        }
        requireOwnGuestFits();
        return KvmJob.of(hypervisor, devices, flags, program(flags, facts), options, serial);
    }

    /**
     * Flags in any syntax and from anywhere; empty if there are none. What is wrong around them concerns another VMM
     * and is only said.
     */
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

    private static HostFacts facts() throws UnavailableException {
        try {
            return Kvm.facts();
        } catch (KvmException e) {
            throw new UnavailableException(e);
        }
    }

    private void requireOwnGuestFits() {
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
    private Flags flags(HostFacts facts) {
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
                        .formatted(
                                all.stream().map(Profile::name).collect(Collectors.joining(", ")), Shown.word(name))));
    }

    private GuestProgram program(Flags flags, HostFacts facts) throws IOException {
        return new GuestParts(context.getBundles())
                .program(hypervisor.check(flags, facts).enabled());
    }
}
