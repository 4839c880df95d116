package hv.machine;

import hv.api.GuestMemory;
import hv.api.SavedState;
import hv.api.StateException;
import hv.api.device.Devices;
import hv.api.device.GuestDevices;
import hv.api.dto.DeviceDTO;
import hv.api.dto.DeviceKindDTO;
import hv.api.dto.SwapDTO;
import hv.api.host.GuestPartition;
import hv.api.machine.SectionReader;
import hv.api.machine.StateSections;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The devices of one guest: they note what is asked of them, and their only state is a number. */
final class FakeDevices implements GuestDevices {
    final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    volatile long number;

    /** Done at each pause and each reset. */
    volatile Runnable atPause = () -> {};

    volatile Runnable atReset = () -> {};

    /** Where they come from. */
    Devices source() {
        return new Devices() {
            @Override
            public List<DeviceKindDTO> kinds() {
                return List.of();
            }

            @Override
            public GuestDevices open(GuestPartition partition, GuestMemory memory, int vps) {
                calls.add("open " + vps);
                return FakeDevices.this;
            }

            @Override
            public List<GuestDevices> all() {
                return List.of();
            }

            @Override
            public boolean settle(Duration limit) {
                return true;
            }
        };
    }

    @Override
    public int partition() {
        return 1;
    }

    @Override
    public void add(String kind, String name, Map<String, String> options) {
        if (kind.equals("floppy")) {
            throw new IllegalArgumentException("there is no kind of device 'floppy'");
        }
        calls.add("add %s %s %s".formatted(kind, name, options));
    }

    @Override
    public void remove(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public SwapDTO swap(String name, String origin) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <T> Optional<T> service(String name, Class<T> type) {
        return Optional.empty();
    }

    @Override
    public List<DeviceDTO> all() {
        return List.of();
    }

    @Override
    public List<SwapDTO> history() {
        return List.of();
    }

    @Override
    public void pause() {
        calls.add("pause");
        atPause.run();
    }

    @Override
    public void resume() {
        calls.add("resume");
    }

    @Override
    public void reset() {
        calls.add("reset");
        atReset.run();
    }

    @Override
    public List<SavedState.Section> save() {
        calls.add("save");
        return List.of(
                new SavedState.Section(BUS, SavedState.PARTITION, 1, Map.of("number", number), Map.of()),
                new SavedState.Section(BUS + ".pulse", SavedState.PARTITION, 1, Map.of(), Map.of()));
    }

    @Override
    public Runnable read(StateSections saved) throws StateException {
        SectionReader bus = saved.take(BUS, SavedState.PARTITION, 1);
        long read = bus.value("number", 0, 100);
        bus.end();
        saved.take(BUS + ".pulse", SavedState.PARTITION, 1).end();
        return () -> {
            calls.add("restored");
            number = read;
        };
    }

    @Override
    public void close() {
        calls.add("close");
    }
}
