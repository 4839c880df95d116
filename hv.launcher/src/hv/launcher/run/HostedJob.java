package hv.launcher.run;

import hv.api.Flags;
import hv.api.PowerEvent;
import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import hv.guest.GuestProgram;
import hv.guest.HostedGuest;
import hv.guest.HostedMachine;
import hv.hosted.HostedHost;
import hv.hosted.HostedListener;
import hv.launcher.options.RunOptions;
import java.io.OutputStream;

/**
 * Our own guest without a CPU. Everything a guest does to the enlightenments is real, and so are the answers; only the
 * guest's instructions are carried out by an interpreter. It gets the memory that it needs and no more, because that is
 * on the heap.
 */
final class HostedJob implements Job {
    private static final int FAILED = 1;

    private final Hypervisor hypervisor;
    private final HostedHost host;
    private final Flags flags;
    private final GuestProgram program;
    private final RunOptions options;
    private final PatientOutput output;
    private final Object lock = new Object();
    private HostedMachine machine;
    private boolean isStopped;

    HostedJob(
            Hypervisor hypervisor,
            HostedHost host,
            Flags flags,
            GuestProgram program,
            RunOptions options,
            OutputStream serial) {
        this.hypervisor = hypervisor;
        this.host = host;
        this.flags = flags;
        this.program = program;
        this.options = options;
        this.output = new PatientOutput(serial);
    }

    /** A host whose time runs, with the memory that the guest needs. */
    static HostedHost host(int vps) {
        return HostedHost.builder()
                .memoryBytes(GuestProgram.memoryBytes(vps))
                .runningClock()
                .build();
    }

    @Override
    public int run(Attendant attendant) throws ConfigurationException {
        try (output;
                GuestPartition partition = hypervisor.create(flags, host)) {
            for (int vp = 0; vp < options.smp(); vp++) {
                partition.addVp();
            }
            HostedMachine built = new HostedMachine(program, partition, host, options.append(), output);
            host.addListener(new Power(built));
            synchronized (lock) {
                machine = built;
                if (isStopped) {
                    return FAILED;
                }
            }
            try (Attendance _ = attendant.attend(built)) {
                attendant.entered();
                int code = built.run();
                return code == HostedGuest.STOPPED ? FAILED : code;
            }
        }
    }

    @Override
    public void stop() {
        synchronized (lock) {
            isStopped = true;
            if (machine != null) {
                machine.stop();
                // Nor does a VP wait any longer, for an enlightenment that has left or for a reader of its output.
                machine.partition().stopping();
            }
            output.abandon();
        }
    }

    /** What the guest wants to happen to the run. On a VP's thread. */
    private final class Power implements HostedListener {
        private final HostedMachine asked;

        Power(HostedMachine asked) {
            this.asked = asked;
        }

        @Override
        public void power(PowerEvent event) {
            boolean isCrash = event instanceof PowerEvent.Crash;
            if (isCrash && options.onCrash() == RunOptions.OnCrash.CONTINUE) {
                return;
            }
            if (isCrash && options.onCrash() == RunOptions.OnCrash.STOP) {
                asked.stop();
            } else {
                asked.requestReset();
            }
        }
    }
}
