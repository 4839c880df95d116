package hv.bench.storage;

import com.sun.management.ThreadMXBean;
import hv.api.vmbus.DeviceKind;
import hv.api.vmbus.DeviceSite;
import hv.api.vmbus.VmbusDevice;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * {@code ./hv bench storage}: reads of a guest's disk through ring, SCSI and raw file beside {@link FileChannel} alone,
 * with the file in the page cache.
 */
public final class StorageBench {
    private static final long FILE_BYTES = 64L << 20;
    private static final int ROUNDS = 15;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private StorageBench() {}

    /** Runs; a failure ends in an exception. */
    public static void run(Optional<Path> json) throws Exception {
        Path file = Files.createTempFile("hv-storage", ".img");
        try {
            fill(file);
            compare(file, 4096, 20_000, 1);
            compare(file, 4096, 20_000, 32);
            compare(file, 128 * 1024, 2_000, 8);
        } finally {
            Files.delete(file);
        }
    }

    private static void fill(Path file) throws IOException {
        byte[] some = new byte[1 << 20];
        Arrays.fill(some, (byte) 1);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (long at = 0; at < FILE_BYTES; at += some.length) {
                channel.write(ByteBuffer.wrap(some), at);
            }
        }
    }

    private static long position(int number, int bytes) {
        return number * 40_503L % (FILE_BYTES / bytes) * bytes;
    }

    /** One after the other in each round, so that what else the machine does is the same for both; medians. */
    private static void compare(Path file, int bytes, int reads, int depth) throws Exception {
        DeviceKind kind = ServiceLoader.load(DeviceKind.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(each -> each.id().equals("storvsc"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("hv.storvsc is not deployed"));
        VmbusDevice device = kind.create(new DeviceSite("bench", Map.of("disks", file.toString())));
        double[] alone = new double[ROUNDS];
        double[] through = new double[ROUNDS];
        long allocated = 0;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            DiskGuest guest = new DiskGuest(device, bytes, 32L << 20);
            ByteBuffer buffer = ByteBuffer.allocateDirect(bytes);
            for (int round = 0; round < ROUNDS; round++) {
                alone[round] = alone(channel, buffer, reads);
                long before = THREADS.getCurrentThreadAllocatedBytes();
                through[round] = through(guest, bytes, reads, depth);
                allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            }
        } finally {
            device.left();
        }
        double direct = median(alone);
        double disk = median(through);
        System.out.printf(
                "%,d bytes, %d at a time: FileChannel %.2f us, the guest's disk %.2f us, %+.2f us, %.2f of its throughput;"
                        + " %.2f bytes allocated for each%n",
                bytes, depth, direct, disk, disk - direct, direct / disk, (double) allocated / reads);
    }

    private static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static double alone(FileChannel channel, ByteBuffer buffer, int reads) throws IOException {
        long begin = System.nanoTime();
        for (int i = 0; i < reads; i++) {
            buffer.clear();
            channel.read(buffer, position(i, buffer.capacity()));
        }
        return (System.nanoTime() - begin) / 1e3 / reads;
    }

    private static double through(DiskGuest guest, int bytes, int reads, int depth) throws InterruptedException {
        long begin = System.nanoTime();
        int asked = 0;
        int done = 0;
        while (done < reads) {
            while (asked < reads && asked - done < depth && guest.ask(position(asked, bytes))) {
                asked++;
            }
            guest.serve();
            done += guest.answers();
        }
        return (System.nanoTime() - begin) / 1e3 / reads;
    }
}
