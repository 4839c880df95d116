package hv.bench.soak;

import hv.api.host.ConfigurationException;
import hv.api.host.Hypervisor;
import hv.flags.Shown;
import hv.kvm.Kvm;
import hv.kvm.error.KvmException;
import hv.soak.SoakReport;
import hv.soak.SoakRun;
import hv.soak.SoakSpec;
import hv.soak.SoakSpec.Backend;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;

/**
 * {@code ./hv bench soak [--seconds N] [--smp N] [--backend kvm|hosted] [--rate N]}: everything at once, and both
 * sides' counts in a table. Not among the benchmarks that run when none is named.
 */
public final class Soak {
    private static final int SUCCESS = 0;
    private static final int DIFFERENT = 1;
    private static final int UNUSABLE = 2;
    private static final int USUAL_SECONDS = 60;
    private static final int USUAL_VPS = 2;
    private static final int USUAL_RATE = 10_000;

    private Soak() {}

    /**
     * Runs it.
     *
     * @param options the words after "soak"
     * @return exit status: 0, 1 if anything was lost or has grown, 2 if it cannot run, with one line on stderr
     */
    public static int run(List<String> options) throws InterruptedException {
        try {
            SoakReport report = soak(spec(options));
            report.lines().forEach(System.out::println);
            return report.isClean() ? SUCCESS : DIFFERENT;
        } catch (ConfigurationException | IllegalArgumentException | KvmException e) {
            System.err.println("hv bench soak: " + e.getMessage());
            return UNUSABLE;
        }
    }

    private static SoakReport soak(SoakSpec spec) throws ConfigurationException, InterruptedException {
        Hypervisor hypervisor = ServiceLoader.load(Hypervisor.class).findFirst().orElseThrow();
        try (SoakRun run = SoakRun.start(hypervisor, spec)) {
            return run.finish();
        }
    }

    private static SoakSpec spec(List<String> options) {
        Backend backend = Kvm.whyUnusable().isEmpty() ? Backend.KVM : Backend.HOSTED;
        int seconds = USUAL_SECONDS;
        int vps = USUAL_VPS;
        int rate = USUAL_RATE;
        for (int i = 0; i < options.size(); i += 2) {
            String value = i + 1 < options.size() ? options.get(i + 1) : "";
            switch (options.get(i)) {
                case "--seconds" -> seconds = number("--seconds", value);
                case "--smp" -> vps = number("--smp", value);
                case "--rate" -> rate = number("--rate", value);
                case "--backend" -> backend = backend(value);
                default ->
                    throw new IllegalArgumentException(
                            "'%s' is not an option; write --seconds N, --smp N, --rate N, --backend kvm or hosted"
                                    .formatted(Shown.word(options.get(i))));
            }
        }
        return new SoakSpec(backend, vps, Duration.ofSeconds(seconds), rate);
    }

    private static int number(String option, String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("%s takes a number, not '%s'".formatted(option, Shown.word(value)), e);
        }
    }

    private static Backend backend(String value) {
        return switch (value) {
            case "kvm" -> Backend.KVM;
            case "hosted" -> Backend.HOSTED;
            default ->
                throw new IllegalArgumentException(
                        "--backend takes kvm or hosted, not '%s'".formatted(Shown.word(value)));
        };
    }
}
