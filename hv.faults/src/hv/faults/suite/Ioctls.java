package hv.faults.suite;

import hv.faults.judge.Expected;
import hv.faults.run.Command;
import hv.faults.run.Outcome;
import hv.faults.trial.Ground;
import hv.faults.trial.Report;
import hv.faults.trial.Row;
import hv.faults.trial.Scene;
import hv.faults.trial.Suite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * System calls that fail one at a time: every ioctl of KVM that a run, a save and a restore make, signals that cannot
 * be sent, memory that cannot be had, a /dev/kvm that cannot be opened. A first run under strace tells which calls
 * there are.
 */
public final class Ioctls implements Suite {
    private static final List<String> ERRORS = List.of("EBUSY", "ENOMEM", "EFAULT", "EIO", "EINVAL", "EAGAIN", "EINTR");

    /** What every error is tried on. */
    private static final Set<String> MOST_WANTED = Set.of("KVM_CREATE_VM", "KVM_CREATE_VCPU");

    private static final int FEW = 3;
    private static final double SECONDS = 8;

    /** One failing call. */
    private record Fault(String path, int count, String request, String error) {}

    /** What is run while calls fail. */
    private record Work(String name, String[] words) {}

    @Override
    public String name() {
        return "ioctls";
    }

    @Override
    public void run(Ground ground, Report report) throws IOException, InterruptedException {
        Optional<String> missing = Ground.missing("strace");
        if (missing.isEmpty() && !ground.guests().hasKvm()) {
            missing = Optional.of("there is no /dev/kvm");
        }
        if (missing.isPresent()) {
            report.add(Row.skipped(name(), "all of it", missing.get()));
            return;
        }
        Path saved = ground.work().resolve("guests/two");
        List<Work> works = List.of(
                new Work("run", ground.guests().brief("kvm")),
                new Work("save", ground.guests().waits("--smp", "2", "--save-at", "50ms=" + saved)),
                new Work("restore", new String[] {"run", "--restore", saved.toString(), "--save-at", "50ms=again"}));
        Set<String> known = new HashSet<>();
        for (Work work : works) {
            List<IoctlTrace.Call> calls = calls(ground, work);
            for (Fault fault : ground.some(faults(calls, known), FEW)) {
                report.add(failing(ground, work, fault));
            }
            calls.forEach(call -> known.add(call.toString()));
        }
        others(ground, report);
    }

    private List<IoctlTrace.Call> calls(Ground ground, Work work) throws IOException, InterruptedException {
        try (Scene scene = ground.scene(this, "counting")) {
            Path trace = scene.here().resolve("trace");
            Command command = ground.hv(work.words())
                    .under("strace", "-f", "-y", "--seccomp-bpf", "-o", trace.toString(), "-e", "trace=ioctl");
            Outcome outcome = scene.run(command, Expected.status(0).within(SECONDS));
            if (outcome.status() != 0) {
                throw new IOException("a plain run under strace failed: " + scene.row());
            }
            return IoctlTrace.read(Files.readAllLines(trace));
        }
    }

    /**
     * Each failing with one error, and some with every error.
     *
     * @param known calls that another work makes in the same place
     */
    private static List<Fault> faults(List<IoctlTrace.Call> calls, Set<String> known) {
        Set<Fault> faults = new LinkedHashSet<>();
        Set<String> counted = new HashSet<>();
        for (IoctlTrace.Call call : calls) {
            // A fault hits every thread that makes so many calls, so that one is tried where two threads do.
            if (!call.isTried() || known.contains(call.toString()) || !counted.add(call.path() + call.count())) {
                continue;
            }
            boolean isWanted = known.isEmpty() && MOST_WANTED.contains(call.request());
            List<String> errors = isWanted ? ERRORS : List.of(ERRORS.get(faults.size() % ERRORS.size()));
            errors.forEach(error -> faults.add(new Fault(call.path(), call.count(), call.request(), error)));
        }
        return new ArrayList<>(faults);
    }

    private Row failing(Ground ground, Work work, Fault fault) throws IOException, InterruptedException {
        String what = "%s: %s no. %d of %s is %s"
                .formatted(
                        work.name(), fault.request(), fault.count(), IoctlTrace.shortened(fault.path()), fault.error());
        try (Scene scene = ground.scene(this, what)) {
            Path trace = scene.here().resolve("trace");
            Command command = ground.hv(work.words())
                    .under("strace", "-f", "-y", "--seccomp-bpf", "-o", trace.toString())
                    .under("-P", fault.path(), "-e", "trace=ioctl")
                    .under("-e", "inject=ioctl:error=%s:when=%d".formatted(fault.error(), fault.count()));
            scene.save(command, Expected.documented().within(SECONDS));
            requireInjected(scene, trace, "(INJECTED)");
            return scene.row();
        }
    }

    private static void requireInjected(Scene scene, Path trace, String mark) throws IOException {
        boolean isInjected = Files.readAllLines(trace).stream().anyMatch(line -> line.contains(mark));
        scene.require(isInjected, "the call did not come, so none failed");
    }

    private void others(Ground ground, Report report) throws IOException, InterruptedException {
        for (String when : ground.some(List.of("1+", "1", "1+2"), 1)) {
            report.add(injected(
                    ground, "signals that cannot be sent (EAGAIN), " + when, "tgkill:error=EAGAIN:when=" + when, ""));
        }
        for (String error : ground.some(List.of("EACCES", "ENOENT", "EBUSY", "EMFILE", "ENODEV"), 1)) {
            for (String backEnd : List.of("kvm", "auto")) {
                report.add(injected(
                        ground,
                        "opening /dev/kvm is %s, --backend %s".formatted(error, backEnd),
                        "openat:error=" + error,
                        "/dev/kvm",
                        "--backend",
                        backEnd));
            }
        }
        report.add(injected(
                ground,
                "the shared page of a VP cannot be mapped (ENOMEM)",
                "mmap:error=ENOMEM:when=1",
                "anon_inode:kvm-vcpu:0"));
        report.add(injected(
                ground,
                "the shared page of VP 1 cannot be mapped (ENOMEM)",
                "mmap:error=ENOMEM:when=1",
                "anon_inode:kvm-vcpu:1"));
        if (!ground.isShort()) {
            report.add(new GuestMemory(this).refused(ground));
        }
    }

    private Row injected(Ground ground, String what, String inject, String path, String... more)
            throws IOException, InterruptedException {
        try (Scene scene = ground.scene(this, what)) {
            Command command = ground.hv(ground.guests().brief("kvm", more))
                    .under("strace", "-f", "-y", "--seccomp-bpf", "-o", "trace");
            if (!path.isEmpty()) {
                command.under("-P", path);
            }
            command.under("-e", "trace=" + inject.substring(0, inject.indexOf(':')), "-e", "inject=" + inject);
            scene.run(command, Expected.documented().within(SECONDS));
            return scene.row();
        }
    }
}
