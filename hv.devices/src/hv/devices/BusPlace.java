package hv.devices;

import hv.api.GuestMemory;
import hv.api.SavedState;
import hv.api.StateException;
import hv.api.dto.SwapDTO;
import hv.api.host.GuestPartition;
import hv.api.machine.SectionReader;
import hv.api.machine.StateBuffer;
import hv.api.machine.StateSections;
import hv.api.synic.SynicPorts;
import hv.api.vmbus.ChannelState;
import hv.api.vmbus.Vmbus;
import hv.api.vmbus.VmbusDevice;
import hv.api.vmbus.VmbusProvider;
import hv.devices.Deployed.Version;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/**
 * The place of a guest's bus. One version can follow another, or none be there for a while: channels stay open, what
 * the guest posts is kept, and devices wait. Used with the lock of the guest's devices held.
 */
final class BusPlace {
    static final String ID = "vmbus";

    private static final System.Logger LOG = System.getLogger("hv.devices");
    private static final long CODE_SECONDS = 5;

    private final GuestPartition partition;
    private final GuestMemory memory;
    private final int vps;
    private final WorkerThreads workers;
    private final Switchboard board;

    private Version<VmbusProvider> version;
    private Switchboard.View view;

    /** Null while the place is vacant. */
    private volatile Vmbus bus;

    /** What was left by who has left; null if somebody is in place. */
    private SavedState.Section left;

    private boolean isPaused;
    private volatile Instant since = Instant.now();

    BusPlace(GuestPartition partition, SynicPorts ports, GuestMemory memory, int vps, WorkerThreads workers) {
        this.partition = partition;
        this.memory = memory;
        this.vps = vps;
        this.workers = workers;
        this.board = new Switchboard(ports);
    }

    /** A bus that nobody is connected to yet, and paused. */
    private final class Candidate {
        private final Version<VmbusProvider> from;
        private final Switchboard.View ports = board.view();
        private final Vmbus made;

        Candidate(Version<VmbusProvider> from, Collection<? extends VmbusDevice> devices) throws RefusedException {
            this.from = from;
            this.made = workers.limited(
                    "the bus is not made",
                    CODE_SECONDS,
                    () -> from.service().open(ports, memory, partition::referenceTime100ns, vps, workers));
            devices.forEach(made::offer);
        }

        /** An empty section is a guest that has made no contact. */
        void restore(SavedState.Section saved) throws RefusedException {
            if (saved.values().isEmpty() && saved.bytes().isEmpty()) {
                return;
            }
            try {
                SectionReader reader = new StateSections(new SavedState(List.of(saved)))
                        .take(ID, SavedState.PARTITION, Integer.MAX_VALUE - 1);
                restore(reader);
            } catch (StateException e) {
                throw new RefusedException(e.getMessage(), e);
            }
        }

        void restore(SectionReader saved) throws StateException {
            try {
                made.restore(new StateBuffer.Reader(saved));
            } catch (Throwable e) {
                made.leave();
                throw e instanceof StateException known
                        ? saved.named(known)
                        : saved.bad("the bus cannot take it: " + e);
            }
        }

        void takePlace() {
            board.switchTo(ports);
            view = ports;
            bus = made;
            version = from;
            left = null;
            since = Instant.now();
            if (!isPaused) {
                made.resume();
            }
        }
    }

    /** The first one. */
    void open(Version<VmbusProvider> first) throws RefusedException {
        new Candidate(first, List.of()).takePlace();
    }

    /** Who is in place, or was last. */
    Version<VmbusProvider> version() {
        return version;
    }

    Instant since() {
        return since;
    }

    boolean isVacant() {
        return bus == null;
    }

    /** Any thread. */
    List<ChannelState> channels() {
        Vmbus now = bus;
        return now == null ? List.of() : now.channels();
    }

    /**
     * The bus in place.
     *
     * @throws IllegalStateException if there is none
     */
    Vmbus bus() {
        Vmbus now = bus;
        if (now == null) {
            throw new IllegalStateException(
                    "the bus of partition %d is vacant: start a bundle that has one".formatted(partition.id()));
        }
        return now;
    }

    /** Has another version take over, or fills the place. */
    SwapDTO follow(History history, Version<VmbusProvider> next, Collection<? extends VmbusDevice> devices) {
        SwapDTO.Kind change = isVacant() ? SwapDTO.Kind.FILL : SwapDTO.Kind.SWAP;
        History.Change row = history.begin(change, ID, version.origin(), next.origin());
        Vmbus before = bus;
        try {
            Candidate candidate = new Candidate(next, devices);
            row.paused();
            SavedState.Section state = before == null ? left : leave(before);
            row.stateBytes(Left.bytes(state));
            candidate.restore(state);
            candidate.takePlace();
            if (before != null) {
                before.leave();
            }
            return row.done("took over");
        } catch (Throwable e) {
            stay();
            return row.failed(String.valueOf(e.getMessage()));
        }
    }

    private SavedState.Section leave(Vmbus before) {
        before.pause();
        board.hold();
        StateBuffer.Writer out = new StateBuffer.Writer(Left.MOST_BYTES);
        before.save(out);
        return out.section(ID, SavedState.PARTITION, version.stateVersion());
    }

    /** Nobody else has come: whoever is in place goes on. */
    private void stay() {
        Vmbus now = bus;
        if (now != null) {
            board.switchTo(view);
            if (!isPaused) {
                now.resume();
            }
        }
    }

    /** Lets the place be vacant. */
    SwapDTO vacate(History history) {
        History.Change row = history.begin(SwapDTO.Kind.VACATE, ID, version.origin(), "");
        Vmbus before = bus;
        try {
            left = leave(before);
            row.stateBytes(Left.bytes(left));
        } catch (Throwable e) {
            // It leaves all the same; a successor begins with a guest that knows nothing.
            board.hold();
            left = new StateBuffer.Writer(Left.MOST_BYTES).section(ID, SavedState.PARTITION, version.stateVersion());
            row.failed("its state is lost: " + e.getMessage());
        }
        bus = null;
        since = Instant.now();
        before.leave();
        return row.done("left; channels are kept");
    }

    void pause() {
        Vmbus now = bus;
        if (now != null) {
            now.pause();
        }
        isPaused = true;
    }

    void resume() {
        isPaused = false;
        Vmbus now = bus;
        if (now != null) {
            now.resume();
        }
    }

    /** The machine was reset. */
    void reset() {
        Vmbus now = bus;
        if (now != null) {
            now.reset();
        } else {
            left = new StateBuffer.Writer(Left.MOST_BYTES).section(ID, SavedState.PARTITION, version.stateVersion());
        }
    }

    /** Only while paused. */
    SavedState.Section save() {
        Vmbus now = bus;
        if (now == null) {
            return left;
        }
        StateBuffer.Writer out = new StateBuffer.Writer(Left.MOST_BYTES);
        now.save(out);
        return out.section(ID, SavedState.PARTITION, version.stateVersion());
    }

    /**
     * Takes what {@link #save} gave and changes nothing yet.
     *
     * @param devices those of the saved guest
     * @return puts it in place; what was in place is closed before
     */
    Runnable read(StateSections saved, Collection<? extends VmbusDevice> devices) throws StateException {
        SectionReader section = saved.take(ID, SavedState.PARTITION, version.stateVersion());
        Candidate candidate;
        try {
            candidate = new Candidate(version, devices);
        } catch (RefusedException e) {
            throw section.bad(e.getMessage());
        }
        candidate.restore(section);
        return () -> {
            end();
            candidate.takePlace();
        };
    }

    /** Closes what is in place. */
    void end() {
        Vmbus now = bus;
        bus = null;
        if (now != null) {
            try {
                now.close();
            } catch (Throwable e) {
                LOG.log(System.Logger.Level.WARNING, "a bus was not closed in good order", e);
            }
        }
        board.end();
    }
}
