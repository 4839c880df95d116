package hv.vmbus;

import aQute.bnd.annotation.spi.ServiceProvider;
import hv.api.GuestMemory;
import hv.api.synic.SynicPorts;
import hv.api.vmbus.Vmbus;
import hv.api.vmbus.VmbusProvider;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.osgi.service.component.annotations.Component;

/** Makes the buses of guests; what a guest sees of one is told in {@link VmbusBus}. Any thread. */
@Component(service = VmbusProvider.class)
@ServiceProvider(value = VmbusProvider.class, resolution = "optional", effective = "active")
public final class VmbusBuses implements VmbusProvider {
    private static final long NANOS_PER_100NS = 100;

    /** Some 46 years: no sum overflows. */
    private static final long MOST_100NS = Long.MAX_VALUE / 100 / Long.BYTES;

    /** For the component runtime and {@code ServiceLoader}. */
    public VmbusBuses() {}

    @Override
    public int stateVersion() {
        return BusState.VERSION;
    }

    @Override
    public Vmbus open(
            SynicPorts ports, GuestMemory memory, LongSupplier clock100ns, int vps, ScheduledExecutorService workers) {
        return new VmbusBus(ports, memory, clock100ns, vps, new Threads(workers));
    }

    private record Threads(ScheduledExecutorService executor) implements Workers {
        /** What is given here is a strand's turn, which contains what it throws. */
        @Override
        public void execute(Runnable task) {
            executor.execute(task);
        }

        @Override
        public void later(long delay100ns, Runnable task) {
            executor.schedule(
                    new Later(task), Math.min(delay100ns, MOST_100NS) * NANOS_PER_100NS, TimeUnit.NANOSECONDS);
        }
    }
}
