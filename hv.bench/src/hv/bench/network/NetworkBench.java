package hv.bench.network;

import com.sun.management.ThreadMXBean;
import hv.api.vmbus.DeviceKind;
import hv.api.vmbus.DeviceSite;
import hv.api.vmbus.VmbusDevice;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Consumer;

/**
 * {@code ./hv bench network}: frames through a network adapter and a pair of sockets, in both directions. A thread
 * plays the guest and serves the adapter in turn, and what is told is for a core of that thread, by its CPU time:
 * frames for each second of the adapter's part, with the kernel's in it. Another thread is at the other end of the
 * socket.
 */
public final class NetworkBench {
    private static final int ROUNDS = 4_000;
    private static final int MTU = 1500;
    private static final int LARGE_BYTES = 60_000;
    private static final int SEGMENT = 1448;
    private static final int LARGE_AT_A_TIME = 4;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private NetworkBench() {}

    /** Runs all; a failure ends in an exception. */
    public static void run(Optional<Path> json) throws Exception {
        for (int bytes : new int[] {64, 1514}) {
            for (int each : bytes == 64 ? new int[] {1, 8} : new int[] {1, 3}) {
                with(NetworkBench::swallow, guest -> out(guest, bytes, each));
            }
            with(socket -> flood(socket, bytes), guest -> in(guest, bytes));
        }
        with(NetworkBench::swallow, NetworkBench::large);
    }

    /** The guest and its adapter. */
    private record Side(NetGuest guest, VmbusDevice device) {}

    /** What somebody does at the other end. */
    private interface Peer {
        void serve(SocketChannel socket) throws IOException;
    }

    private static void with(Peer peer, Consumer<Side> measured) throws Exception {
        Path folder = Files.createTempDirectory("hv-bench");
        Path path = folder.resolve("socket");
        DeviceKind kind = ServiceLoader.load(DeviceKind.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(one -> one.id().equals("netvsc"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("hv.netvsc is not there"));
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            VmbusDevice device = kind.create(new DeviceSite("net0", Map.of("socket", path.toString())));
            NetGuest guest = new NetGuest(device, MTU);
            try (SocketChannel socket = server.accept()) {
                Thread other = new Thread(
                        () -> {
                            try {
                                peer.serve(socket);
                            } catch (IOException e) {
                                // The adapter has hung up: the measurement is over.
                            }
                        },
                        "hv-bench-peer");
                other.setDaemon(true);
                other.start();
                while (!device.facts().get("link").equals("up")) {
                    Thread.onSpinWait();
                }
                measured.accept(new Side(guest, device));
            } finally {
                device.closed();
                device.left();
            }
        } finally {
            Files.deleteIfExists(path);
            Files.deleteIfExists(folder);
        }
    }

    private static void swallow(SocketChannel socket) throws IOException {
        ByteBuffer all = ByteBuffer.allocateDirect(1 << 20);
        while (socket.read(all) >= 0) {
            all.clear();
        }
    }

    private static void flood(SocketChannel socket, int bytes) throws IOException {
        ByteBuffer all = ByteBuffer.allocateDirect(1 << 18);
        while (all.remaining() >= Integer.BYTES + bytes) {
            int at = all.position();
            all.putInt(bytes).putLong(at + 4, -1).position(at + Integer.BYTES + bytes);
        }
        all.flip();
        while (true) {
            socket.write(all);
            if (!all.hasRemaining()) {
                all.rewind();
            }
        }
    }

    private static void out(Side side, int bytes, int each) {
        NetGuest guest = side.guest();
        int sections = guest.fill(bytes, each);
        int length = (44 + bytes) * each;
        for (int pass = 0; pass < 3; pass++) { // the first ones have everything compiled
            Meter meter = new Meter();
            for (int round = 0; round < ROUNDS; round++) {
                long wanted = guest.completions() + sections;
                for (int section = 0; section < sections; section++) {
                    guest.send(section, length);
                }
                guest.commit();
                while (guest.completions() < wanted) {
                    meter.serve(side.device());
                    guest.drain();
                }
            }
            if (pass == 2) {
                meter.tell(
                        "%d bytes, guest to socket, %d in a packet".formatted(bytes, each),
                        (long) ROUNDS * sections * each,
                        bytes);
            }
        }
    }

    private static void in(Side side, int bytes) {
        NetGuest guest = side.guest();
        long enough = 170L * ROUNDS;
        for (int pass = 0; pass < 3; pass++) {
            Meter meter = new Meter();
            long before = guest.frames();
            while (guest.frames() - before < enough) {
                meter.serve(side.device());
                guest.drain();
            }
            if (pass == 2) {
                meter.tell("%d bytes, socket to guest".formatted(bytes), guest.frames() - before, bytes);
            }
        }
    }

    private static void large(Side side) {
        NetGuest guest = side.guest();
        guest.fillLarge(LARGE_BYTES, SEGMENT);
        for (int pass = 0; pass < 3; pass++) {
            Meter meter = new Meter();
            for (int round = 0; round < ROUNDS; round++) {
                long wanted = guest.completions() + LARGE_AT_A_TIME;
                for (int i = 0; i < LARGE_AT_A_TIME; i++) {
                    guest.sendLarge();
                }
                guest.commit();
                while (guest.completions() < wanted) {
                    meter.serve(side.device());
                    guest.drain();
                }
            }
            if (pass == 2) {
                long frames = (long) ROUNDS * LARGE_AT_A_TIME * ((LARGE_BYTES + SEGMENT - 1) / SEGMENT);
                meter.tell("LSO, 60,000 bytes divided and summed", frames, SEGMENT);
            }
        }
    }

    /** Counts the adapter's time and what it allocates. */
    private static final class Meter {
        private final long allocated = THREADS.getCurrentThreadAllocatedBytes();
        private final long began = System.nanoTime();
        private long cpuNanos;

        void serve(VmbusDevice device) {
            long before = THREADS.getCurrentThreadCpuTime();
            device.woken();
            cpuNanos += THREADS.getCurrentThreadCpuTime() - before;
        }

        void tell(String what, long frames, int bytes) {
            System.out.printf(
                    "%-45s %,6.2f M frames/s of a core, %6.2f Gbit/s; %.2f M/s by the clock; %.1f B allocated each%n",
                    what,
                    frames * 1e3 / cpuNanos,
                    frames * 8.0 * bytes / cpuNanos,
                    frames * 1e3 / (System.nanoTime() - began),
                    (double) (THREADS.getCurrentThreadAllocatedBytes() - allocated) / frames);
        }
    }
}
