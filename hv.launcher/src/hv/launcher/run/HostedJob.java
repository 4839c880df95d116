package hv.launcher.run;

import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import hv.api.host.PowerEvent;
import hv.guest.GuestProgram;
import hv.guest.HostedGuest;
import hv.hosted.HostedHost;
import hv.hosted.HostedListener;
import java.io.OutputStream;

/**
 * Our own guest without a CPU. Everything a guest does to the enlightenments is real, and so are the answers; only the guest's
 * instructions are carried out by an interpreter. It gets the memory that it needs and no more, because that is on the heap.
 */
final class HostedJob implements Job {
    private static final int MOST_RESETS = 16;
    private static final int FAILED = 1;

    private final Hypervisor hypervisor;
    private final HostedHost host;
    private final String flags;
    private final GuestProgram program;
    private final RunOptions options;
    private final OutputStream serial;
    private final Requests requests = new Requests();

    HostedJob(
            Hypervisor hypervisor,
            HostedHost host,
            String flags,
            GuestProgram program,
            RunOptions options,
            OutputStream serial) {
        this.hypervisor = hypervisor;
        this.host = host;
        this.flags = flags;
        this.program = program;
        this.options = options;
        this.serial = serial;
        host.addListener(requests);
    }

    /** A host whose time runs, with the memory that the guest needs. */
    static HostedHost host(int vps) {
        return HostedHost.builder()
                .memoryBytes(GuestProgram.memoryBytes(vps))
                .runningClock()
                .build();
    }

    @Override
    public int run(Runnable entered) throws ConfigurationException {
        try (GuestPartition partition = hypervisor.create(flags, host)) {
            for (int vp = 0; vp < options.smp(); vp++) {
                partition.addVp();
            }
            entered.run();
            for (int resets = 0; resets <= MOST_RESETS; resets++) {
                HostedGuest guest = new HostedGuest(program, partition, host, options.append(), serial);
                int code = requests.run(guest);
                if (!requests.takeReset()) {
                    return code == HostedGuest.STOPPED ? FAILED : code;
                }
                partition.reset();
            }
            System.err.println("hv: the guest was reset " + MOST_RESETS + " times; stopped");
            return FAILED;
        }
    }

    @Override
    public void stop() {
        requests.stop();
    }

    /** What the guest, or somebody from outside, wants to happen to the run. Any thread. */
    private final class Requests implements HostedListener {
        private HostedGuest running;
        private boolean isResetWanted;
        private boolean isStopWanted;

        int run(HostedGuest guest) {
            synchronized (this) {
                running = guest;
                if (isStopWanted) {
                    return HostedGuest.STOPPED;
                }
            }
            return guest.run();
        }

        synchronized void stop() {
            isStopWanted = true;
            if (running != null) {
                running.stop();
            }
        }

        synchronized boolean takeReset() {
            boolean isWanted = isResetWanted && !isStopWanted;
            isResetWanted = false;
            return isWanted;
        }

        @Override
        public synchronized void interrupted(int vp, int vector) {
            if (running != null) {
                running.interrupt(vp, vector);
            }
        }

        @Override
        public synchronized void power(PowerEvent event) {
            boolean isCrash = event instanceof PowerEvent.Crash;
            if (isCrash && options.onCrash() == RunOptions.OnCrash.CONTINUE) {
                return;
            }
            if (isCrash && options.onCrash() == RunOptions.OnCrash.STOP) {
                isStopWanted = true;
            } else {
                isResetWanted = true;
            }
            if (running != null) {
                running.stop();
            }
        }
    }
}
