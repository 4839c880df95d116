package hv.devices;

import hv.api.GuestMemory;
import hv.api.SavedState;
import hv.api.StateException;
import hv.api.device.GuestDevices;
import hv.api.dto.DeviceDTO;
import hv.api.dto.PlaceDTO;
import hv.api.dto.SwapDTO;
import hv.api.host.GuestPartition;
import hv.api.machine.SectionReader;
import hv.api.machine.StateSections;
import hv.api.synic.SynicPorts;
import hv.api.vmbus.ChannelState;
import hv.api.vmbus.DeviceKind;
import hv.api.vmbus.DeviceSite;
import hv.api.vmbus.VmbusProvider;
import hv.devices.Deployed.Version;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** The devices of one guest: who is in which place, and one change at a time. Any thread. */
final class GuestPlaces implements GuestDevices {
    private static final String PREFIX = BusPlace.ID + ".";

    private final GuestPartition partition;
    private final Deployed<DeviceKind> kinds;
    private final Deployed<VmbusProvider> buses;
    private final DeviceMaker maker;
    private final Consumer<GuestPlaces> closed;
    private final History history;
    private final BusPlace bus;
    private final ReentrantLock lock = new ReentrantLock();

    /** By name, in the order in which they came; replaced as a whole. */
    private volatile Map<String, DevicePlace> places = Map.of();

    private boolean isClosed;

    GuestPlaces(
            GuestPartition partition,
            SynicPorts ports,
            GuestMemory memory,
            int vps,
            Deployed<DeviceKind> kinds,
            Deployed<VmbusProvider> buses,
            WorkerThreads workers,
            Consumer<GuestPlaces> closed) {
        this.partition = partition;
        this.kinds = kinds;
        this.buses = buses;
        this.maker = new DeviceMaker(kinds, workers);
        this.closed = closed;
        this.history = new History(partition.id());
        this.bus = new BusPlace(partition, ports, memory, vps, workers);
        Version<VmbusProvider> first = buses.newest(BusPlace.ID)
                .orElseThrow(() -> new IllegalStateException("no bus for devices is deployed: start hv.vmbus"));
        try {
            bus.open(first);
        } catch (RefusedException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    @Override
    public int partition() {
        return partition.id();
    }

    @Override
    public void add(String kind, String name, Map<String, String> options) {
        lock.lock();
        try {
            if (!name.matches("[a-z0-9-]{1,32}") || name.equals(BusPlace.ID)) {
                throw new IllegalArgumentException(
                        "a device cannot have the name '%s': give small letters, digits and '-', at most 32"
                                .formatted(Printable.of(name)));
            }
            if (places.containsKey(name)) {
                throw new IllegalArgumentException("there is a device '%s' already: give another name".formatted(name));
            }
            DevicePlace place = maker.place(new DeviceSite(name, options), kind);
            try {
                bus.bus().offer(place);
            } catch (IllegalStateException e) {
                place.end();
                throw e;
            }
            put(name, place);
            history.begin(SwapDTO.Kind.ADD, name, "", place.version().origin()).done("plugged in");
        } finally {
            lock.unlock();
        }
    }

    private void put(String name, DevicePlace place) {
        Map<String, DevicePlace> more = new LinkedHashMap<>(places);
        more.put(name, place);
        places = more;
    }

    @Override
    public void remove(String name) {
        lock.lock();
        try {
            DevicePlace place = existing(name);
            bus.bus().rescind(place);
            Map<String, DevicePlace> fewer = new LinkedHashMap<>(places);
            fewer.remove(name);
            places = fewer;
            history.begin(SwapDTO.Kind.REMOVE, name, place.version().origin(), "")
                    .done("pulled out");
        } finally {
            lock.unlock();
        }
    }

    private DevicePlace existing(String name) {
        DevicePlace place = places.get(name);
        if (place == null) {
            throw new IllegalArgumentException("partition %d has no device '%s', but: %s"
                    .formatted(partition.id(), Printable.of(name), String.join(", ", places.keySet())));
        }
        return place;
    }

    @Override
    public SwapDTO swap(String name, String origin) {
        lock.lock();
        try {
            if (name.equals(BusPlace.ID)) {
                Version<VmbusProvider> next =
                        buses.find(BusPlace.ID, origin).orElseThrow(() -> DeviceMaker.none(name, origin));
                return bus.follow(history, next, places.values());
            }
            DevicePlace place = existing(name);
            return follow(place, kinds.find(place.kind(), origin).orElseThrow(() -> DeviceMaker.none(name, origin)));
        } finally {
            lock.unlock();
        }
    }

    private SwapDTO follow(DevicePlace place, Version<DeviceKind> next) {
        try {
            return place.follow(history, next, maker.made(next, place.site()));
        } catch (RefusedException e) {
            return history.begin(
                            SwapDTO.Kind.SWAP,
                            place.site().name(),
                            place.version().origin(),
                            next.origin())
                    .failed(e.getMessage());
        }
    }

    /** A version has come: it takes the places of older ones, and those that are vacant. */
    void bring(Version<?> come) {
        lock.lock();
        try {
            if (isClosed) {
                return;
            }
            buses.newest(BusPlace.ID)
                    .filter(next -> next == come && (bus.isVacant() || isNewer(next, bus.version())))
                    .ifPresent(next -> bus.follow(history, next, places.values()));
            for (DevicePlace place : places.values()) {
                kinds.newest(place.kind())
                        .filter(next -> next == come && (place.isVacant() || isNewer(next, place.version())))
                        .ifPresent(next -> follow(place, next));
            }
        } finally {
            lock.unlock();
        }
    }

    private static boolean isNewer(Version<?> one, Version<?> other) {
        return one.release().compareTo(other.release()) > 0;
    }

    /** A version has left: another one takes its places, or they are vacant. */
    void withdraw(Version<?> gone) {
        lock.lock();
        try {
            if (!isClosed && bus.version() == gone && !bus.isVacant()) {
                Optional<Version<VmbusProvider>> next = buses.newest(BusPlace.ID);
                if (next.isEmpty()
                        || !bus.follow(history, next.get(), places.values()).succeeded()) {
                    bus.vacate(history);
                }
            }
            for (DevicePlace place : places.values()) {
                if (!isClosed && place.version() == gone && !place.isVacant()) {
                    Optional<Version<DeviceKind>> next = kinds.newest(place.kind());
                    if (next.isEmpty() || !follow(place, next.get()).succeeded()) {
                        place.vacate(history);
                    }
                }
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public <T> Optional<T> service(String name, Class<T> type) {
        DevicePlace place = places.get(name);
        return place == null ? Optional.empty() : Door.open(place, () -> places.get(name), type);
    }

    @Override
    public List<DeviceDTO> all() {
        List<ChannelState> channels = bus.channels();
        List<DeviceDTO> rows = new ArrayList<>();
        Version<VmbusProvider> carrier = bus.version();
        rows.add(new DeviceDTO(
                BusPlace.ID,
                BusPlace.ID,
                bus.isVacant() ? PlaceDTO.State.VACANT : PlaceDTO.State.IN_PLACE,
                carrier.origin(),
                bus.since(),
                "",
                0,
                channels.stream().mapToLong(ChannelState::signals).sum(),
                0,
                "",
                Map.of()));
        places.forEach((name, place) -> rows.add(row(name, place, channels)));
        return rows;
    }

    private static DeviceDTO row(String name, DevicePlace place, List<ChannelState> channels) {
        Optional<ChannelState> channel = channels.stream()
                .filter(each -> each.offer().instance().equals(place.offer().instance()))
                .findFirst();
        return new DeviceDTO(
                name,
                place.kind(),
                place.state(),
                place.version().origin(),
                place.since(),
                channel.map(each -> each.state().name().toLowerCase(Locale.ROOT))
                        .orElse(""),
                channel.map(ChannelState::number).orElse(0),
                channel.map(ChannelState::signals).orElse(0L),
                place.failures().count(),
                place.failures().last(),
                place.facts());
    }

    @Override
    public List<SwapDTO> history() {
        return history.rows();
    }

    @Override
    public void pause() {
        locked(bus::pause);
    }

    @Override
    public void resume() {
        locked(bus::resume);
    }

    @Override
    public void reset() {
        locked(bus::reset);
    }

    private void requireOpen() {
        if (isClosed) {
            throw new IllegalStateException(
                    "the devices of partition %d are gone: the bundle that kept them was stopped"
                            .formatted(partition.id()));
        }
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            if (!isClosed) {
                change.run();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<SavedState.Section> save() {
        lock.lock();
        try {
            requireOpen();
            List<SavedState.Section> sections = new ArrayList<>();
            sections.add(bus.save());
            places.forEach((name, place) -> sections.add(place.section(PREFIX + name)));
            return sections;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Runnable read(StateSections saved) throws StateException {
        lock.lock();
        try {
            requireOpen();
            Map<String, DevicePlace> fresh = new LinkedHashMap<>();
            for (DevicePlace place : places.values()) {
                String name = place.site().name();
                SectionReader section = saved.take(
                        PREFIX + name, SavedState.PARTITION, place.version().stateVersion());
                fresh.put(name, maker.restored(place, section));
            }
            Runnable busInPlace = bus.read(saved, fresh.values());
            return () -> locked(() -> {
                Map<String, DevicePlace> before = places;
                busInPlace.run();
                places = fresh;
                before.values().forEach(DevicePlace::end);
            });
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (isClosed) {
                return;
            }
            bus.end();
            places.values().forEach(DevicePlace::end);
            isClosed = true;
        } finally {
            lock.unlock();
        }
        closed.accept(this);
    }
}
