package hv.guest;

import hv.api.GuestMemory;
import hv.api.HostFacts;
import hv.api.SavedState;
import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.api.host.GuestMachine;
import hv.api.host.GuestPartition;
import hv.api.machine.StateSections;
import hv.hosted.AdjustableTsc;
import hv.hosted.HostedHost;
import hv.hosted.HostedListener;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Our own guest without a CPU as a machine that can be stopped, saved, restored and reset. Its processors are the
 * interpreter's, its interrupt controllers and its TSC those of a {@link HostedHost}, and it has no devices; what it
 * has to report is written at once, so nothing of that is state.
 *
 * <p>{@link #run} is called once, on the thread that becomes the thread of all VPs; everything else is called from
 * other threads, but {@link #requestReset} and {@link #stop}, which any thread may call. A pause takes effect between
 * two instructions.
 */
public final class HostedMachine implements GuestMachine, AdjustableTsc {
    private static final int MOST_RESETS = 16;
    private static final int CLEAR_BYTES = 64 << 10;

    private final GuestProgram program;
    private final GuestPartition partition;
    private final HostedHost host;
    private final String commandLine;
    private final OutputStream out;
    private final Pace pace;
    private final PauseGate gate = new PauseGate();
    private volatile HostedGuest guest;
    private volatile boolean isStopWanted;
    private volatile boolean isResetWanted;

    /**
     * A machine whose guest has not run yet.
     *
     * @param program the parts
     * @param partition with all its VPs added, on {@code host}
     * @param commandLine options, as {@code clock=5s}; may be empty
     * @param out receives the report, in ASCII, a line feed after each line
     */
    public HostedMachine(
            GuestProgram program, GuestPartition partition, HostedHost host, String commandLine, OutputStream out) {
        this(program, partition, host, commandLine, out, LockSupport::parkNanos);
    }

    /** A machine with another way to let time pass. */
    HostedMachine(
            GuestProgram program,
            GuestPartition partition,
            HostedHost host,
            String commandLine,
            OutputStream out,
            Pace pace) {
        this.program = program;
        this.partition = partition;
        this.host = host;
        this.commandLine = commandLine;
        this.out = out;
        this.pace = pace;
        this.guest = newGuest();
        host.attach(partition);
        host.addListener(new HostedListener() {
            @Override
            public void interrupted(int vp, int vector) {
                guest.interrupt(vp, vector);
            }
        });
    }

    private HostedGuest newGuest() {
        return new HostedGuest(program, partition, host, commandLine, out, pace, gate);
    }

    /**
     * Runs the guest to its end, through resets.
     *
     * @return 0 if no part failed, 1 if one did or the guest was reset too often, {@link HostedGuest#STOPPED}
     */
    public int run() {
        int resets = 0;
        gate.enter();
        try {
            while (!isStopWanted) {
                HostedGuest running = guest;
                // A restore leaves work for the VPs, such as the reference TSC page, to be done before the guest looks.
                host.drain(partition);
                int code = running.run();
                if (isResetWanted) {
                    isResetWanted = false;
                    if (++resets > MOST_RESETS) {
                        System.err.println("hv: the guest was reset " + MOST_RESETS + " times; stopped");
                        return 1;
                    }
                    bootAnew();
                } else if (code != HostedGuest.STOPPED) {
                    return code;
                }
            }
            return HostedGuest.STOPPED;
        } finally {
            gate.leave();
        }
    }

    /** Ends {@link #run} soon. Idempotent; also before it. Any thread. */
    public void stop() {
        isStopWanted = true;
        partition.stopping();
        guest.stop();
        gate.giveUp();
    }

    /** Has the guest boot anew before its next instruction, as after a warm reset: its RAM stays. Any thread. */
    public void requestReset() {
        isResetWanted = true;
        guest.stop();
    }

    @Override
    public GuestPartition partition() {
        return partition;
    }

    @Override
    public GuestMemory memory() {
        return host.memory();
    }

    @Override
    public long memoryBytes() {
        return host.memoryBytes();
    }

    @Override
    public synchronized void pause() {
        gate.close();
    }

    @Override
    public synchronized void resume() {
        gate.open();
    }

    @Override
    public synchronized void reset() {
        whilePaused(() -> {
            clearMemory();
            bootAnew();
        });
    }

    private void whilePaused(Runnable task) {
        boolean wasPaused = gate.isClosed();
        gate.close();
        try {
            task.run();
        } finally {
            if (!wasPaused) {
                gate.open();
            }
        }
    }

    private void clearMemory() {
        byte[] zeros = new byte[CLEAR_BYTES];
        for (long gpa = 0; gpa < memoryBytes(); gpa += CLEAR_BYTES) {
            memory().write(gpa, zeros, 0, (int) Math.min(CLEAR_BYTES, memoryBytes() - gpa));
        }
    }

    /** By the interpreter's thread, or while it stands before the gate. */
    private void bootAnew() {
        host.resetApics(partition.vpCount());
        partition.reset();
        replace(newGuest());
    }

    /** The old one ends at the point where it stands. */
    private void replace(HostedGuest successor) {
        HostedGuest old = guest;
        guest = successor;
        old.stop();
        if (isStopWanted) {
            successor.stop();
        }
    }

    @Override
    public synchronized SavedState save() {
        requirePaused();
        List<Section> sections = new ArrayList<>(host.save(partition.vpCount()));
        sections.addAll(guest.save());
        return new SavedState(sections);
    }

    @Override
    public synchronized void restore(SavedState state) throws StateException {
        requirePaused();
        StateSections sections = new StateSections(state);
        Runnable hostPart = host.restore(sections, partition.vpCount());
        HostedGuest restored = newGuest();
        restored.restore(sections);
        sections.end();
        hostPart.run();
        replace(restored);
    }

    private void requirePaused() {
        if (!gate.isClosed()) {
            throw new IllegalStateException("the machine is not paused");
        }
    }

    @Override
    public synchronized void changeTscFrequency(long frequencyHz) {
        if (frequencyHz < HostFacts.LOWEST_TSC_HZ || frequencyHz > HostFacts.HIGHEST_TSC_HZ) {
            throw new IllegalArgumentException("TSC frequency %d Hz is not %d to %d Hz"
                    .formatted(frequencyHz, HostFacts.LOWEST_TSC_HZ, HostFacts.HIGHEST_TSC_HZ));
        }
        whilePaused(() -> {
            host.setTscFrequency(frequencyHz);
            partition.tscFrequencyChanged(frequencyHz);
        });
    }
}
