package hv.bench.soak;

import hv.api.host.ConfigurationException;
import hv.api.host.Hypervisor;
import hv.flags.OptionReader;
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
    private static final String SECONDS = "--seconds";
    private static final String SMP = "--smp";
    private static final String RATE = "--rate";
    private static final String BACKEND = "--backend";
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

    private static SoakSpec spec(List<String> words) {
        Collected asked = new Collected();
        new OptionReader<>(List.of(SECONDS, SMP, RATE, BACKEND), List.of(), asked)
                .read(asked::take, words.toArray(String[]::new));
        Backend usual = Kvm.whyUnusable().isEmpty() ? Backend.KVM : Backend.HOSTED;
        return new SoakSpec(
                asked.backend == null ? usual : asked.backend,
                asked.vps,
                Duration.ofSeconds(asked.seconds),
                asked.rate);
    }

    /** What was typed so far. */
    private static final class Collected implements OptionReader.Refusals<IllegalArgumentException> {
        private int seconds = USUAL_SECONDS;
        private int vps = USUAL_VPS;
        private int rate = USUAL_RATE;
        private Backend backend;

        void take(String name, String text) {
            switch (name) {
                case SECONDS -> seconds = number(name, text);
                case SMP -> vps = number(name, text);
                case RATE -> rate = number(name, text);
                case BACKEND -> backend = backend(text);
                default -> throw unknown(text);
            }
        }

        @Override
        public IllegalArgumentException unknown(String typed) {
            return new IllegalArgumentException(
                    "'%s' is not an option; write --seconds N, --smp N, --rate N, --backend kvm or hosted"
                            .formatted(Shown.word(typed)));
        }

        @Override
        public IllegalArgumentException valueless(String option) {
            return option.equals(BACKEND) ? noBackend("") : noNumber(option, "");
        }
    }

    private static int number(String option, String value) {
        return OptionReader.number(value, Integer.MIN_VALUE, Integer.MAX_VALUE)
                .orElseThrow(() -> noNumber(option, value));
    }

    private static IllegalArgumentException noNumber(String option, String value) {
        return new IllegalArgumentException("%s takes a number, not '%s'".formatted(option, Shown.word(value)));
    }

    private static Backend backend(String value) {
        return switch (value) {
            case "kvm" -> Backend.KVM;
            case "hosted" -> Backend.HOSTED;
            default -> throw noBackend(value);
        };
    }

    private static IllegalArgumentException noBackend(String value) {
        return new IllegalArgumentException("--backend takes kvm or hosted, not '%s'".formatted(Shown.word(value)));
    }
}
