package hv.storvsc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.testkit.DiskDriver;
import java.io.BufferedReader;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The process of a guest is killed while the guest writes records that it has made durable, by a flush or with the
 * write itself, and while the device is replaced. {@code -Dhv.cuts=N} cuts more often.
 */
class PowerCutTest {
    private static final int CUTS = Integer.getInteger("hv.cuts", 3);
    private static final int RECORD = 4096;
    private static final int PLACES = 1024;
    private static final int LONGEST = 2_000;

    @TempDir
    Path folder;

    /** The guest. */
    static final class Writer {
        private Writer() {}

        /** Says each number when its record is durable. */
        public static void main(String[] image) {
            try (Machine machine = new Machine(image)) {
                PrintStream out = System.out;
                for (long number = 1; ; number++) {
                    byte[] record = new byte[RECORD];
                    ByteBuffer.wrap(record).putLong(number).putLong(RECORD - Long.BYTES, number);
                    machine.driver.fill(record);
                    boolean isDurable = number % 3 == 0;
                    long block = number % PLACES * (RECORD / DiskDriver.BLOCK);
                    require(machine.driver.command(0, false, RECORD, DiskDriver.move(false, block, 8, isDurable)));
                    if (!isDurable) {
                        require(machine.driver.command(0, false, 0, DiskDriver.flush()));
                    }
                    out.println(number);
                    if (number % 50 == 0) {
                        machine.swap();
                    }
                }
            }
        }

        private static void require(DiskDriver.Answer answer) {
            if (!answer.isGood()) {
                throw new IllegalStateException(answer.meaning());
            }
        }
    }

    @Test
    @DisplayName("Whenever the process is killed: what the guest was told is durable is in the file, whole")
    void cut() throws Exception {
        Random random = new Random(11);
        long all = 0;
        for (int cut = 0; cut < CUTS; cut++) {
            Path image = folder.resolve("cut%d.img".formatted(cut));
            try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
                file.setLength((long) PLACES * RECORD);
            }
            long last = runAndKill(image, 1 + random.nextInt(LONGEST));
            assertTrue(last > 0, "the guest has written nothing");
            verify(image, last);
            all += last;
        }
        assertTrue(all > 0);
    }

    private static long runAndKill(Path image, int records) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        image.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long last = 0;
        try (BufferedReader said = process.inputReader(StandardCharsets.US_ASCII)) {
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                // A line that was cut is no number that was told.
                last = Long.parseLong(line);
                if (last == records) {
                    process.toHandle().destroyForcibly();
                }
            }
        }
        process.waitFor();
        return last;
    }

    private static void verify(Path image, long last) throws Exception {
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "r")) {
            for (long number = Math.max(1, last - PLACES + 2); number <= last; number++) {
                byte[] record = new byte[RECORD];
                file.seek(number % PLACES * RECORD);
                file.readFully(record);
                long first = ByteBuffer.wrap(record).getLong();
                assertTrue(first == number || first == number + PLACES, number + " is not there, but " + first);
                assertEquals(first, ByteBuffer.wrap(record).getLong(RECORD - Long.BYTES));
            }
        }
    }
}
