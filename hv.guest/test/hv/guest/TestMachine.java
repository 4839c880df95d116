package hv.guest;

import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import hv.hosted.HostedHost;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;

/** A hosted machine with two VPs and every part, whose time goes by the rounds of the interpreter: 1 us each. */
final class TestMachine implements AutoCloseable {
    static final int VPS = 2;
    private static final long TICKS_PER_ROUND = 2_600;

    final ByteArrayOutputStream report = new ByteArrayOutputStream();
    final HostedHost host =
            HostedHost.builder().memoryBytes(GuestProgram.memoryBytes(VPS)).build();
    final GuestPartition partition;
    final HostedMachine machine;
    private long rounds;
    private long stopRound = -1;

    TestMachine(Hypervisor hypervisor) throws ConfigurationException {
        String flags = hypervisor.everything(host.facts()) + ",hv-enforce-cpuid";
        partition = hypervisor.create(flags, host);
        for (int vp = 0; vp < VPS; vp++) {
            partition.addVp();
        }
        Set<String> expected =
                new TreeSet<>(hypervisor.check(flags, host.facts()).enabled());
        var parts = ShippedParts.files().stream().map(ShippedParts::read).toList();
        expected.retainAll(parts.stream().map(GuestPart::id).toList());
        GuestProgram program = GuestProgram.of(parts, expected);
        machine = new HostedMachine(program, partition, host, "", report, new Rounds());
    }

    /** Has the run end after the round with this number, from 0. */
    TestMachine stoppingAt(long round) {
        stopRound = round;
        return this;
    }

    long rounds() {
        return rounds;
    }

    String report() {
        return report.toString(StandardCharsets.US_ASCII);
    }

    /** Takes the place of {@code source}: its RAM, its machine, its partition, as it would come out of a file. */
    void takeOver(TestMachine source) throws Exception {
        source.machine.pause();
        var partitionState = source.partition.save();
        var machineState = source.machine.save();
        byte[] ram = new byte[(int) source.machine.memoryBytes()];
        source.machine.memory().read(0, ram, 0, ram.length);
        machine.pause();
        machine.restore(machineState);
        machine.memory().write(0, ram, 0, ram.length);
        partition.restore(partitionState);
        machine.resume();
    }

    private final class Rounds implements Pace {
        @Override
        public void nap(long nanos) {
            host.advance100ns(nanos / 100);
        }

        @Override
        public void round() {
            host.advanceGuestTsc(TICKS_PER_ROUND);
            if (rounds++ == stopRound) {
                machine.stop();
            }
        }
    }

    @Override
    public void close() {
        partition.close();
    }
}
