package hv.fuzz.vmbus;

import hv.api.SavedState;
import hv.api.StateException;
import hv.api.host.Hypervisor;
import hv.api.vmbus.ChannelState;
import hv.api.vmbus.DeviceKind;
import hv.api.vmbus.DeviceSite;
import hv.api.vmbus.Vmbus;
import hv.api.vmbus.VmbusDevice;
import hv.api.vmbus.VmbusProvider;
import hv.fuzz.target.Choices;
import hv.fuzz.target.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A guest, its bus with some devices, and what has to hold for them. Everything happens on the caller's thread. One
 * thread.
 */
final class AttackedBus implements AutoCloseable {
    private static final int ECHOES = 3;
    private static final int MOST_ROUNDS = 20_000;
    private static final int NANOS_PER_100NS = 100;
    private static final Runnable NOTHING = () -> {};

    final StillGuest guest;
    final GuestView view = new GuestView(StillGuest.VPS);
    final List<VmbusDevice> devices = new ArrayList<>();
    private final HandWorkers workers = new HandWorkers();
    private final VmbusProvider provider;
    private final List<DeviceKind> kinds;
    private Runnable meanwhile = NOTHING;
    private boolean isPausing;
    private Vmbus bus;

    AttackedBus(Hypervisor hypervisor, VmbusProvider provider, List<DeviceKind> kinds) {
        this.guest = new StillGuest(hypervisor);
        this.provider = provider;
        this.kinds = kinds;
        for (int i = 0; i < ECHOES + kinds.size(); i++) {
            devices.add(device(i));
        }
        bus = open(devices);
        bus.resume();
    }

    private VmbusDevice device(int place) {
        if (place < ECHOES) {
            return new EchoDevice(place, workers, () -> isPausing);
        }
        DeviceKind kind = kinds.get(place - ECHOES);
        return kind.create(new DeviceSite(kind.id(), Map.of()));
    }

    private Vmbus open(List<VmbusDevice> on) {
        Vmbus opened = provider.open(
                guest.ports(), guest.watched(), () -> workers.nowNanos() / NANOS_PER_100NS, StillGuest.VPS, workers);
        for (VmbusDevice device : on) {
            if (device != null) {
                opened.offer(device);
            }
        }
        return opened;
    }

    /** Posts a message; remembers it if it was taken. */
    void post(int vp, int connection, int type, byte[] message, GuestRing ring) {
        int status = guest.post(vp, connection, type, message);
        boolean isListening = connection == 1 || connection == 4;
        if (status == 0 && isListening && type == 1) {
            view.posted(message, ring);
        } else if (status == 0 && !isListening) {
            throw new Finding("a message to connection %d is taken".formatted(connection));
        }
    }

    /** Has the bus do some of what it has to, while the guest's other processor goes on. */
    void work(int tasks) {
        guest.watched().meanwhile(meanwhile);
        workers.run(tasks);
        guest.watched().meanwhile(NOTHING);
    }

    /** What the guest does between any two of the host's accesses to its rings. */
    void meanwhile(Runnable does) {
        meanwhile = does;
    }

    /** Takes what is in the message slots. */
    void hear() {
        guest.hear(view::heard);
    }

    void advance(long time100ns) {
        workers.advance(time100ns * NANOS_PER_100NS);
        guest.advance(time100ns);
    }

    /** Goes on until neither side has anything more to say, and looks at what came of it. */
    void settle() {
        for (int vp = 0; vp < StillGuest.VPS; vp++) {
            guest.messagePage(vp, true);
        }
        int rounds = 0;
        do {
            workers.run(Integer.MAX_VALUE);
            if (rounds++ > MOST_ROUNDS) {
                throw new Finding("the bus never comes to rest");
            }
        } while (guest.hear(view::heard));
        view.settled();
        checkChannels();
    }

    private void checkChannels() {
        boolean isKnown = true;
        for (ChannelState state : bus.channels()) {
            GuestView.Channel channel = view.channels.get(state.number());
            boolean isOpen = state.state() == ChannelState.State.OPEN || state.state() == ChannelState.State.FAULTY;
            GuestRing ring = channel == null ? null : channel.ring;
            if (isOpen && ring == null) {
                isKnown = false;
            }
            // A service has rules of its own, as how long a packet may be, to which the guest does not keep.
            if (ring != null && channel.isEcho && ring.isClean && state.state() != ChannelState.State.OPEN) {
                throw new Finding(
                        "channel %d of a guest that keeps to the rules is %s".formatted(state.number(), state.state()));
            }
        }
        if (isKnown) {
            guest.watched().forget();
            view.channels.values().stream()
                    .filter(channel -> channel.ring != null)
                    .forEach(channel -> allow(channel.ring));
        }
    }

    /** From now on the host may write what it writes of two rings. */
    void allow(GuestRing ring) {
        guest.watched().allow(ring.outPages()[0]);
        for (long page : ring.inPages()) {
            guest.watched().allow(page);
        }
    }

    /** The same of rings over pages of which the guest makes no use itself. */
    void allow(long[] pages, int hostRing) {
        guest.watched().allow(pages[0]);
        for (int i = hostRing; i < pages.length; i++) {
            guest.watched().allow(pages[i]);
        }
    }

    /** Looks for writes where nothing may be written. */
    void checkMemory() {
        long gpa = guest.watched().takeViolation();
        if (gpa != -1) {
            throw new Finding("the host has written at 0x%x, where no ring is".formatted(gpa));
        }
    }

    /** Takes a device away, or puts one back. */
    void plug(int place) {
        settle();
        VmbusDevice device = devices.get(place);
        if (device == null) {
            devices.set(place, device(place));
            bus.offer(devices.get(place));
        } else {
            devices.set(place, null);
            if (!bus.rescind(device)) {
                throw new Finding("a device that is on the bus is not");
            }
        }
    }

    /** Who pauses the bus keeps its workers waiting, and here that is one thread: so devices are done at once. */
    private void pause() {
        isPausing = true;
        bus.pause();
        isPausing = false;
    }

    /** The machine is reset. */
    void reset() {
        pause();
        guest.reset();
        workers.whileWorking(bus::reset);
        bus.resume();
        view.reset();
        guest.switchOn();
        work(Integer.MAX_VALUE);
        guest.watched().forget();
    }

    /** Saves everything and goes on in another bus, where each device has another object. */
    void move(Choices choices) {
        pause();
        Kept state = saved();
        SavedState partition = guest.save();
        List<Kept> kept = new ArrayList<>();
        for (VmbusDevice device : devices) {
            kept.add(device == null || !isOpen(device) ? null : stateOf(device));
        }
        bus.leave();
        guest.restore(partition);
        if (choices.either()) {
            damage(choices, state);
        }
        for (int place = 0; place < devices.size(); place++) {
            if (devices.get(place) != null) {
                devices.set(place, device(place));
                restore(devices.get(place), kept.get(place));
            }
        }
        bus = open(devices);
        take(state);
        requireSame(state);
        bus.resume();
    }

    /** Saved again it is as long, in an order that does not change any more. */
    private void requireSame(Kept state) {
        Kept again = saved();
        if (again.toString().length() != state.toString().length()) {
            throw new Finding("saved %s, restored and saved again %s".formatted(state, again));
        }
        if (!again.toString().equals(state.toString())) {
            bus.leave();
            bus = open(devices);
            take(again);
            String third = saved().toString();
            if (!third.equals(again.toString())) {
                throw new Finding("saved %s, restored and saved again %s".formatted(again, third));
            }
        }
    }

    /** A state that somebody has changed is taken or refused. */
    private void damage(Choices choices, Kept good) {
        List<VmbusDevice> others = new ArrayList<>();
        for (int place = 0; place < devices.size(); place++) {
            others.add(devices.get(place) == null ? null : device(place));
        }
        bus = open(others);
        try {
            bus.restore(good.damaged(choices));
        } catch (StateException e) {
            // As it has to be: such a bus is of no use.
        }
        bus.leave();
    }

    private boolean isOpen(VmbusDevice device) {
        return bus.channels().stream()
                .anyMatch(state -> state.offer().equals(device.offer())
                        && (state.state() == ChannelState.State.OPEN || state.state() == ChannelState.State.FAULTY));
    }

    private static Kept stateOf(VmbusDevice device) {
        Kept state = new Kept(1);
        device.save(state);
        return state;
    }

    private static void restore(VmbusDevice device, Kept state) {
        if (state != null) {
            try {
                device.restore(state);
            } catch (StateException e) {
                throw new Finding("a device's state that was saved is refused", e);
            }
        }
    }

    private Kept saved() {
        Kept state = new Kept(provider.stateVersion());
        bus.save(state);
        return state;
    }

    private void take(Kept state) {
        try {
            bus.restore(state);
        } catch (StateException e) {
            throw new Finding("a bus' state that was saved is refused: " + state, e);
        }
    }

    @Override
    public void close() {
        workers.whileWorking(bus::close);
        guest.close();
    }
}
