package example.vmm;

import hv.api.host.GuestPartition;
import hv.api.host.Host;
import hv.hostkit.HostSubject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** This VMM as the host contract wants it: VPs that wait and do nothing else. */
public final class ExampleSubject implements HostSubject {
    /** No interrupt has it, so it is waited for without end. */
    private static final long NO_VECTOR = 0;

    private final ExampleHost host;
    private final List<ExampleVp> vps = new ArrayList<>();

    /** One for so many VPs. */
    public ExampleSubject(int count) {
        host = new ExampleHost(count);
    }

    @Override
    public Host host() {
        return host;
    }

    @Override
    public void run(GuestPartition partition) {
        host.memory().putLong(Program.START, Program.WAIT);
        host.memory().putLong(Program.START + Long.BYTES, NO_VECTOR);
        for (int i = 0; i < partition.vpCount(); i++) {
            vps.add(new ExampleVp(partition.vp(i), host, 0, System.out::println));
        }
        vps.forEach(vp -> new Thread(vp, "vp-of-example").start());
    }

    @Override
    public Optional<Boolean> isRequested(int vp, int vector) {
        return Optional.of(host.isRequested(vp, vector));
    }

    @Override
    public void close() {
        vps.forEach(ExampleVp::stop);
    }
}
