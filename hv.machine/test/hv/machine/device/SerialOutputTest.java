package hv.machine.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What a guest says, and a reader who takes his time")
class SerialOutputTest {
    private static final int MUCH = 3 * SerialOutput.FULL_BYTES;

    /** Takes nothing until somebody reads. */
    private static final class Pipe extends OutputStream {
        private final CountDownLatch isRead = new CountDownLatch(1);
        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            try {
                assertTrue(isRead.await(60, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            synchronized (taken) {
                taken.write(bytes, offset, length);
            }
        }

        String text() {
            synchronized (taken) {
                return taken.toString(StandardCharsets.US_ASCII);
            }
        }
    }

    private final Pipe pipe = new Pipe();
    private final SerialOutput output = new SerialOutput(pipe);

    private static char at(int i) {
        return i % 80 == 79 ? '\n' : (char) ('a' + i % 26);
    }

    private static String text(int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(at(i));
        }
        return text.toString();
    }

    @Test
    @DisplayName(
            "Whoever sends does not wait for the reader; from 64 KiB on he is to run no further, until there is room")
    void stalls() throws InterruptedException {
        AtomicInteger stalls = new AtomicInteger();
        Semaphore goesOn = new Semaphore(0);
        for (int i = 0; i < MUCH; i++) {
            output.send(at(i));
            output.stallIfFull(() -> {
                stalls.incrementAndGet();
                return goesOn::release;
            });
            assertTrue(i + 1 >= SerialOutput.FULL_BYTES || stalls.get() == 0);
        }
        assertTrue(stalls.get() > 0, "it was full");
        assertEquals(0, goesOn.availablePermits());
        pipe.isRead.countDown();
        assertTrue(goesOn.tryAcquire(60, TimeUnit.SECONDS), "there is room again");
        output.finish();
        assertEquals(text(MUCH), pipe.text(), "nothing is lost");
        output.close();
    }

    @Test
    @DisplayName("Who pauses or closes waits a moment for a reader who takes nothing, and not for ever")
    void impatient() {
        output.send('x');
        output.settle();
        output.close();
        assertEquals("", pipe.text());
        pipe.isRead.countDown();
    }

    @Test
    @DisplayName("The end of a run waits for a reader who takes his time, until the run is stopped")
    void patient() throws InterruptedException {
        output.send('x');
        Thread waiting = Thread.ofPlatform().start(output::finish);
        output.settle();
        assertTrue(waiting.isAlive(), "it waits longer than those who do not care");
        output.abandon();
        assertTrue(waiting.join(Duration.ofSeconds(60)));
        pipe.isRead.countDown();
    }

    @Test
    @DisplayName("A stream that fails with an Error lets the guest go on")
    void broken() throws InterruptedException {
        CountDownLatch isFull = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        SerialOutput failing = new SerialOutput(new OutputStream() {
            @Override
            public void write(int b) {
                try {
                    assertTrue(isFull.await(60, TimeUnit.SECONDS));
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                throw new OutOfMemoryError("no heap left");
            }
        });
        for (int i = 0; i < 2 * SerialOutput.FULL_BYTES; i++) {
            failing.send('\n');
        }
        failing.stallIfFull(() -> goesOn::countDown);
        isFull.countDown();
        assertTrue(goesOn.await(60, TimeUnit.SECONDS));
        failing.finish();
        failing.close();
    }
}
